/// Trials and a configuration in which every field has a value of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/search/trial.hpp"
#include "results/run_config.hpp"

namespace nas {

inline Trial sample_trial(std::int64_t id) {
  Trial trial;
  trial.id = id;
  trial.genotype.answers = {static_cast<int>(id % 3), 2, 1};
  trial.architecture_hash = "5f3a0c97d1e2b4864b0e7f6a9c8d1234";
  trial.fidelity = {.epochs = 2.5, .data_share = 0.25};
  trial.seed = 0xfedcba9876543210u + static_cast<std::uint64_t>(id);
  trial.metrics = {{"val_accuracy", 0.5 + 0.1 / static_cast<double>(id + 3)},
                   {"macs", 3100000 + 1000.0 * static_cast<double>(id)},
                   {"params", 81234}};
  trial.seconds = 8.125;
  return trial;
}

inline std::vector<Trial> sample_trials(std::int64_t first, std::int64_t count) {
  std::vector<Trial> trials;
  for (std::int64_t id = first; id < first + count; ++id) trials.push_back(sample_trial(id));
  return trials;
}

inline RunConfig sample_config() {
  RunConfig config;
  config.strategy = "random";
  config.space = "mbconv-small";
  config.estimator = "constant";
  config.data = "none";
  config.options = {{"random", {}}, {"constant", {{"value", "0.5"}, {"name", "a \"b\" \xc3\xa4"}}}};
  config.trials = 40;
  config.seed = 18446744073709551615u;
  config.window = 4;
  config.async = true;
  config.time_limit_seconds = 0.1;
  config.objectives = {{.metric = "val_accuracy", .maximise = true},
                       {.metric = "ram_int8", .maximise = false}};
  config.limits = {{.metric = "ram_int8", .maximum = 327680.5}};
  config.budgets = {{.metric = "cost", .total = 20000.5}};
  config.latency_table = "a/latency.csv";
  config.memory_limit = std::size_t{1} << 33;
  config.precision = Precision::bf16;
  config.final_epochs = 12.5;
  config.final_shards = 2;
  config.finalists = 3;
  config.final_seeds = 5;
  return config;
}

inline nlohmann::json sample_environment() {
  return {{"cpu", "a processor"}, {"instruction_set", "avx2"}, {"plugins", {{"random", "00ff"}}}};
}

}  // namespace nas
