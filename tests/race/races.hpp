/// The races that repeat published tables: what is run, and what must come out.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace nas::race {

/// Mean and standard deviation of a metric over the runs of others, on the same table.
struct Reference {
  std::string metric;
  double mean = 0;
  double deviation = 0;  ///< 0: not known, and taken to be ours
  double runs = 0;
  double rounding = 0;  ///< half a unit of the mean's last digit
};

/// What the mean of a metric must reach.
struct Mark {
  std::string metric;
  double mean = 0;
};

/// One strategy in one race; a new one is a line in races.cpp.
struct Entry {
  std::string name;
  std::string arguments;  ///< of `nas run`, beside those of the race
  std::vector<Reference> references = {};
  bool above_random = false;  ///< must beat the race's entry "random"
  std::vector<Mark> at_least = {};
};

/// Of a race for several objectives: the metric is "hypervolume", as a share of what lies between
/// the corner and the best values.
struct Corner {
  std::string arguments;  ///< of `nas compare`: --reference METRIC=VALUE for each
  double volume = 1;      ///< of all that lies between
};

struct Race {
  std::string title;
  std::string table;  ///< file in the folder of tables; empty where there is none
  /// Of `nas run`; TABLE stands for the path of the table.
  std::string arguments;
  int seeds = 0;
  /// What entries are compared with "random" by.
  std::string metric;
  bool smaller_is_better = false;
  std::optional<Corner> corner = {};
  std::vector<std::string> further_metrics = {};  ///< that are reported
  std::vector<Entry> entries;
};

std::vector<Race> races();

}  // namespace nas::race
