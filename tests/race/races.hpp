/// The races that repeat published tables: what is run, and what must come out.
#pragma once

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

/// One strategy in one race; a new one is a line in races.cpp.
struct Entry {
  std::string name;
  std::string arguments;  ///< of `nas run`, beside those of the race
  std::vector<Reference> references = {};
  bool above_random = false;  ///< must beat the race's entry "random"
};

struct Race {
  std::string title;
  std::string table;      ///< file in the folder of tables
  std::string arguments;  ///< of `nas run`; TABLE stands for the path of the table
  int seeds = 0;
  /// What entries are compared with "random" by; better when larger.
  std::string metric;
  std::vector<std::string> further_metrics = {};  ///< that are reported
  std::vector<Entry> entries;
};

std::vector<Race> races();

}  // namespace nas::race
