/// The one table of options.
///
/// From it follow the parser, `--help`, the names of environment variables, the keys of
/// configuration files and `nas config show`. A new option is a row here, its name in the list of
/// the commands that take it, and the line that reads it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nas::cli {

/// What the values of an option may be, as far as a shell can complete them.
enum class KnownValues {
  by_syntax,  ///< files where it is called FILE, directories where DIR, else nothing
  strategies,
  spaces,
  estimators,
  datasets,
  metrics,
  plugin_options,  ///< of the strategy, space and estimator on the command line
};

struct OptionRow {
  std::string_view name;
  std::string_view value;  ///< "N", "METRIC=VALUE"; empty for a switch
  std::string_view group;  ///< its heading in the help
  std::string_view help;
  std::string_view default_value = {};  ///< as a user would type it
  std::string_view default_note = {};   ///< where the default is computed: what it is
  bool setting = false;                 ///< may come from the environment and the --config file
  bool repeatable = false;
  char letter = '\0';  ///< of the short form
  KnownValues known_values = KnownValues::by_syntax;
  std::string_view choices = {};  ///< all values there are, separated by spaces

  bool is_switch() const { return value.empty(); }
};

std::span<const OptionRow> option_table();
/// Its first part, which makes a run; the rest stands beside `option_table`.
std::span<const OptionRow> run_option_rows();
/// Throws Error(internal) on a name that is not in the table.
const OptionRow& option_row(std::string_view name);
/// "(all processors)": what `nas config show` prints for a default that is computed, and what means
/// that default in a configuration file.
std::string default_text(const OptionRow& row);
/// "final-epochs" -> "NAS_FINAL_EPOCHS".
std::string environment_name(const OptionRow& row);

/// The names of all rows that are settings: what configuration files and the environment may give.
std::vector<std::string> setting_names();

}  // namespace nas::cli
