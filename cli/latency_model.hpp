/// The latency table that a command was given by --latency-table.
#pragma once

#include <string>

#include "cli/settings.hpp"
#include "core/base/options.hpp"
#include "core/profile/latency_table.hpp"
#include "core/search/trial.hpp"

namespace nas::cli {

/// The metric that the table gives: of one sample, in ms.
inline constexpr const char* latency_metric = "latency_ms";

class LatencyModel {
 public:
  /// `command` is what adds steps to the table, without the architecture: see command_to_profile.
  /// Warns where the table was made on another machine. Throws what LatencyTable::read throws.
  LatencyModel(std::string file, std::string command);

  /// `selection` is how the command line names the architecture: "--genotype '[1,2]'". Throws
  /// Error(config) where the table lacks one of its steps, with the command that adds them.
  Metrics metrics(const Architecture& architecture, const std::string& selection) const;

  const std::string& file() const { return file_; }
  const LatencyTable& table() const { return table_; }

 private:
  std::string file_;
  std::string command_;
  LatencyTable table_;
};

/// The absolute path of --latency-table; empty for "none".
std::string latency_table_file(const Settings& settings);

/// "nas profile --space S --set S.option=value --data D". `options` are the space's, of which those
/// at their defaults are left out; `task` is how the command line gives the task.
std::string command_to_profile(const std::string& space, const OptionValues& options,
                               const std::string& task);

/// "--genotype '[1,2]'".
std::string selection_of(const Genotype& genotype);
/// `text` as one word of a POSIX shell.
std::string shell_word(const std::string& text);

/// "AMD EPYC, avx2, oneDNN 2.6.3".
std::string machine_text(const Machine& machine);

}  // namespace nas::cli
