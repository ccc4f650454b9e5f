/// The headings under which the help lists options, in no order: a heading comes where its first
/// option stands in the table.
#pragma once

#include <string_view>

namespace nas::cli::option_group {

inline constexpr std::string_view what = "What to search";
inline constexpr std::string_view effort = "How much effort";
inline constexpr std::string_view goal = "Objectives and limits";
inline constexpr std::string_view final_part = "Final training";
inline constexpr std::string_view place = "Where";
inline constexpr std::string_view selection = "Selection";
inline constexpr std::string_view comparing = "Comparison";
inline constexpr std::string_view network = "Network";
inline constexpr std::string_view output = "Output";

}  // namespace nas::cli::option_group
