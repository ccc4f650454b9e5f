#include "tests/plugin/bad_plugins/sampler.hpp"

#undef NAS_COMPILER
#define NAS_COMPILER "gcc 3"
NAS_STRATEGY(Sampler, "other-compiler", "1.0", "Built with another compiler.");
