#include "results/run_groups.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/text.hpp"

namespace nas {
namespace {

/// Equal for runs that differ only in the seed.
std::string key_of(const RunSettings& settings) {
  std::string key;
  for (const auto& [name, setting] : settings) {
    key += fmt::format("{}{}{}{}", name, '\0', setting.value, '\0');
  }
  return key;
}

const std::string& strategy_of(const RunGroup& group) {
  return group.settings.at("strategy").value;
}

const RunSetting* find(const RunSettings& settings, const std::string& name) {
  const auto found = settings.find(name);
  return found == settings.end() ? nullptr : &found->second;
}

/// Whether some group that has a reason to be told apart by it has another value. The options of a
/// strategy tell only groups of that strategy apart.
bool tells_apart(const std::string& name, const RunGroup& group, std::span<const RunGroup> groups) {
  const RunSetting& own = group.settings.at(name);
  return std::ranges::any_of(groups, [&](const RunGroup& other) {
    const bool comparable =
        own.kind != SettingKind::strategy || strategy_of(other) == strategy_of(group);
    const RunSetting* value = find(other.settings, name);
    // Another space or estimator, which tells more, has no such option.
    return comparable && value != nullptr && !(*value == own);
  });
}

std::string label_of(const RunGroup& group, std::span<const RunGroup> groups) {
  std::string label = strategy_of(group);
  for (const auto& [name, setting] : group.settings) {
    if (name == "strategy" || !tells_apart(name, group, groups)) continue;
    const std::string own_options = strategy_of(group) + '.';
    const std::string shown =
        name.starts_with(own_options) ? name.substr(own_options.size()) : name;
    label += fmt::format(" {}={}", shown, setting.shown);
  }
  return label;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

bool has_words(const std::string& label, const std::string& name) {
  const auto in_label = words_of(label);
  const auto wanted = words_of(name);
  return !wanted.empty() && std::ranges::all_of(wanted, [&](std::string_view word) {
    return std::ranges::find(in_label, word) != in_label.end();
  });
}

bool is_of_the_problem(SettingKind kind, bool final_training) {
  switch (kind) {
    case SettingKind::strategy:
    case SettingKind::effort:
      return false;
    case SettingKind::final_training:
      return final_training;
    default:
      return true;
  }
}

}  // namespace

RunGroups group_runs(std::span<const RunCourse> runs) {
  RunGroups result;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto [place, is_new] = places.emplace(key_of(runs[i].settings), result.groups.size());
    if (is_new) result.groups.push_back({{}, runs[i].settings, {}});
    result.groups[place->second].runs.push_back(i);
  }
  for (RunGroup& group : result.groups) {
    group.label = label_of(group, result.groups);
    const auto seed_of = [&](std::size_t i) { return runs[i].config.seed; };
    std::ranges::stable_sort(group.runs, {}, seed_of);
    std::vector<std::size_t> kept;
    for (const std::size_t i : group.runs) {
      if (kept.empty() || seed_of(kept.back()) != seed_of(i)) {
        kept.push_back(i);
        continue;
      }
      result.repeated.push_back(
          {runs[i].path,
           fmt::format("'{}' has the settings and the seed ({}) of '{}', and so its results: it is "
                       "counted once",
                       runs[i].path.string(), seed_of(i), runs[kept.back()].path.string()),
           ErrorKind::data});
    }
    group.runs = std::move(kept);
  }
  return result;
}

std::size_t find_group(std::span<const RunGroup> groups, const std::string& name) {
  std::vector<std::string> labels;
  std::vector<std::size_t> fitting;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].label == name) return i;
    labels.push_back(fmt::format("'{}'", groups[i].label));
    if (has_words(groups[i].label, name)) fitting.push_back(i);
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty()) {
    throw Error(ErrorKind::usage, fmt::format("there is no group '{}'; the groups are {}", name,
                                              fmt::join(labels, ", ")));
  }
  std::vector<std::string> candidates;
  candidates.reserve(fitting.size());
  for (const std::size_t i : fitting) candidates.push_back(labels[i]);
  throw Error(ErrorKind::usage, fmt::format("'{}' may be any of the groups {}; name more of its "
                                            "settings",
                                            name, fmt::join(candidates, ", ")));
}

std::vector<std::string> incompatibilities(std::span<const RunCourse> runs, bool final_training) {
  struct Seen {
    std::string shown;
    std::string run;
  };
  struct Difference {
    SettingKind kind = SettingKind::data;
    std::map<std::string, Seen> values;  ///< by value
  };
  std::map<std::string, Difference> differences;
  for (const RunCourse& run : runs) {
    for (const auto& [name, setting] : run.settings) {
      if (!is_of_the_problem(setting.kind, final_training)) continue;
      Difference& difference = differences[name];
      difference.kind = setting.kind;
      difference.values.try_emplace(setting.value, Seen{setting.shown, run.path.string()});
    }
  }
  constexpr std::size_t most = 3;  // of the values of one setting that are told
  std::vector<std::string> sentences;
  for (const auto& [name, difference] : differences) {
    if (difference.values.size() < 2) continue;
    std::vector<std::string> parts;
    for (const auto& [value, seen] : difference.values) {
      if (parts.size() == most) break;
      parts.push_back(fmt::format("'{}' in '{}'", seen.shown, seen.run));
    }
    const std::size_t more = difference.values.size() - parts.size();
    sentences.push_back(fmt::format("{}: {} is {}{}", to_string(difference.kind), name,
                                    fmt::join(parts, ", "),
                                    more > 0 ? fmt::format(" and {} others", more) : ""));
  }
  return sentences;
}

}  // namespace nas
