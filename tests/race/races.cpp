#include "tests/race/races.hpp"

namespace nas::race {
namespace {

/// The protocol of NATS-Bench (Dong, Liu, Musial, Gabrys 2021) on CIFAR-10: search by the accuracy
/// after 12 epochs until the simulated time is spent, report those after 200. The references are
/// replays on the same table.
Race nas_bench_201() {
  const std::string rows = "--space table:TABLE --set codes.key=code ";
  const std::string cells = "--space nasbench201 --set table.file=TABLE ";
  return {.title = "NAS-Bench-201, CIFAR-10, 20,000 s",
          .table = "nasbench201_cifar10.csv.gz",
          .arguments =
              "--estimator table --set table.key=code --set table.objective=c10_val12 "
              "--set table.cost=cost12_c10_s --budget cost=20000 --window 1",
          .seeds = 500,
          .metric = "c10_test200",
          .further_metrics = {"c10_val200"},
          .entries = {
              {"random",
               rows + "--strategy random --set random.unique=false",
               {{"c10_val200", 91.077, 0.26, 4000}, {"c10_test200", 93.862, 0.26, 4000}}},
              {"evolution (10, 3)",
               cells + "--strategy evolution --set evolution.population=10 "
                       "--set evolution.sample=3 --set evolution.avoid_duplicates=false",
               {{"c10_val200", 91.325, 0.25, 4000}, {"c10_test200", 94.087, 0.26, 4000}}},
              {"local search, best",
               rows + "--strategy local-search --set local-search.improvement=best",
               {{"c10_val200", 91.34, 0, 500, 0.005}, {"c10_test200", 94.18, 0, 500, 0.005}}},
              {"local search, first",
               rows + "--strategy local-search --set local-search.improvement=first",
               {{"c10_val200", 91.42, 0, 500, 0.005}, {"c10_test200", 94.28, 0, 500, 0.005}}},
              // Some 175 queries are too few for the rate of the paper.
              {"reinforce, 0.0006", rows + "--strategy reinforce"},
              {.name = "reinforce, 0.005",
               .arguments = rows + "--strategy reinforce --set reinforce.learning_rate=0.005",
               .above_random = true},
              {.name = "tpe",
               .arguments = rows + "--strategy tpe --set tpe.avoid_duplicates=false",
               .above_random = true},
              {.name = "bayesian",
               .arguments = rows + "--strategy bayesian",
               .above_random = true,
               .at_least = {{"c10_val200", 91.45}, {"c10_test200", 94.27}}},
              {.name = "bananas",
               .arguments = rows + "--strategy bananas",
               .above_random = true,
               .at_least = {{"c10_test200", 94.20}}},
          }};
}

/// Best mean accuracy after so many queries on NAS-Bench-Macro (Su et al. 2021). The references are
/// replays on the same table, 1,000 runs each.
Race nas_bench_macro(const std::string& queries, const Reference& random,
                     const Reference& evolution, const Reference& local_search) {
  return {.title = "NAS-Bench-Macro, " + queries + " queries",
          .table = "nasbench_macro.csv",
          .arguments =
              "--space table:TABLE --estimator table --set table.objective=acc_mean "
              "--window 1 --trials " +
              queries,
          .seeds = 1000,
          .metric = "acc_mean",
          .entries = {
              {"random", "--strategy random --set random.unique=false", {random}},
              {"evolution (20, 5)",
               "--strategy evolution --set evolution.population=20 --set evolution.sample=5 "
               "--set evolution.avoid_duplicates=false",
               {evolution}},
              {"local search, first", "--strategy local-search", {local_search}},
          }};
}

/// The Pareto front of error and MACs: its volume up to an error of 60 % and 110 million MACs, as a
/// share of all of that. The front of the whole table has 0.754.
Race nas_bench_macro_front() {
  return {.title = "NAS-Bench-Macro, error against MACs, 400 queries",
          .table = "nasbench_macro.csv",
          .arguments =
              "--space table:TABLE --estimator table --set table.objective=acc_mean,flops "
              "--objective acc_mean --objective flops:min --trials 400",
          .seeds = 100,
          .metric = "hypervolume",
          .corner = Corner{"--reference acc_mean=40 --reference flops=110M", 60.0 * 110e6},
          .entries = {
              {"random",
               "--strategy random --set random.unique=false",
               {{"hypervolume", 0.717, 0, 100, 0.0005}}},
              {.name = "nsga2",
               .arguments = "--strategy nsga2",
               .above_random = true,
               .at_least = {{"hypervolume", 0.740}}},
          }};
}

/// Random search trains 20 networks for all 81 epochs. Strategies over several fidelities, on
/// learning curves some of which cross, must not spend more in all: they begin no trial that could,
/// the longest of which has 81 epochs. What is under way when a budget is spent would count as
/// well, so the window is 1. Another landscape for each seed.
Race learning_curves() {
  const auto entry = [](const std::string& strategy) {
    return Entry{.name = strategy,
                 .arguments = "--strategy " + strategy + " --budget cost=1540",
                 .above_random = true};
  };
  return {.title = "synthetic learning curves, 1,620 epochs",
          .table = "",
          .arguments =
              "--space nasbench201 --estimator synthetic --set synthetic.landscape=-1 --window 1",
          .seeds = 200,
          .metric = "regret",
          .smaller_is_better = true,
          .entries = {{"random", "--strategy random --budget cost=1620"},
                      entry("successive-halving"),
                      entry("hyperband"),
                      entry("asha"),
                      entry("bohb")}};
}

}  // namespace

std::vector<Race> races() {
  const std::string metric = "acc_mean";
  return {
      nas_bench_201(),
      nas_bench_macro("50", {metric, 92.776, 0.164, 1000, 0.0005},
                      {metric, 92.926, 0.149, 1000, 0.0005}, {metric, 93.073, 0.062, 1000, 0.0005}),
      nas_bench_macro("100", {metric, 92.863, 0.136, 1000, 0.0005},
                      {metric, 93.075, 0.069, 1000, 0.0005}, {metric, 93.104, 0.026, 1000, 0.0005}),
      nas_bench_macro("400", {metric, 92.999, 0.087, 1000, 0.0005},
                      {metric, 93.126, 0.005, 1000, 0.0005}, {metric, 93.125, 0.005, 1000, 0.0005}),
      nas_bench_macro_front(),
      learning_curves()};
}

}  // namespace nas::race
