#include "cli/exit_code.hpp"

namespace nas::cli {

namespace {

constexpr ExitCodeMeaning meanings[] = {
    {"0", "done"},
    {"1", "a defect of the program"},
    {"2", "wrong command line"},
    {"3", "bad configuration, unknown or bad data, unknown or unsuitable space"},
    {"4", "a plugin (strategy, estimator) is unknown, broken, incompatible or threw"},
    {"5", "done, but some trials failed"},
    {"6", "nothing satisfies the limits"},
    {"7", "an asserted comparison does not hold; a run that is verified differs"},
    {"8", "no run there, or it is busy, damaged, another run or of another version"},
    {"9", "a file or directory cannot be read (or is not there) or written"},
    {"10", "a strategy proposed something else when it was resumed"},
    {"130, 143", "interrupted; `nas resume` goes on"},
};

}  // namespace

std::span<const ExitCodeMeaning> exit_code_meanings() { return meanings; }

}  // namespace nas::cli
