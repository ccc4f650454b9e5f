/// A space of codes: whatever a column of a table lists.
///
/// `--space table:FILE` makes the file an option of this space. All codes have the same number of
/// tokens; each place is a decision, with the tokens seen there as its options (numbers in their
/// order, then texts in theirs). Genotypes are those that have a row, and no others: `sample` is
/// uniform over them. What network a code means only the table knows, so that there are no
/// architectures: the space is for the estimator `table`.
///
/// | option | |
/// |---|---|
/// | file | the table, CSV, plain or gzip |
/// | key | the column of the codes; empty: the first |
/// | separator | between the tokens of a code; empty: every character is a token |
#pragma once

#include <memory>

#include "core/base/options.hpp"
#include "core/search/search_space.hpp"
#include "search_spaces/registry.hpp"

namespace nas {

inline constexpr const char* codes_space_name = "codes";
/// The option that `--space table:FILE` gives.
inline constexpr const char* codes_file_option = "file";

SpaceEntry codes_space();
/// Throws Error(config) without a file or where the column does not exist, Error(io) and
/// Error(data), with the number of the line, where the file cannot be read or codes differ in
/// length.
std::unique_ptr<SearchSpace> make_codes(const Task& task, const OptionValues& options);

}  // namespace nas
