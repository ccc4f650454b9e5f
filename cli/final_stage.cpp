#include "cli/final_stage.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "cli/best_files.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/search/objective.hpp"

namespace nas::cli {

namespace {

constexpr std::uint64_t most_repeats = 1000;  // of one trial, so that every training has its seed

bool is_tested(const FinalResult& result) {
  return std::ranges::any_of(result.metrics,
                             [](const auto& metric) { return metric.first.starts_with("test_"); });
}

/// Validation as a score that is better when larger.
double score(const FinalResult& result) {
  if (const auto accuracy = result.metrics.find("val_accuracy"); accuracy != result.metrics.end()) {
    return accuracy->second;
  }
  if (const auto loss = result.metrics.find("val_loss"); loss != result.metrics.end()) {
    return -loss->second;
  }
  throw Error(ErrorKind::plugin,
              fmt::format("the final training of trial {} reports neither 'val_accuracy' nor "
                          "'val_loss', by which finalists are chosen",
                          result.trial));
}

}  // namespace

std::uint64_t final_training_seed(std::uint64_t run_seed, std::int64_t trial, std::size_t repeat) {
  return derive_seed(run_seed, "final", static_cast<std::uint64_t>(trial) * most_repeats + repeat);
}

bool with_validation_part(const RunConfig& config) { return config.finalists == 1; }

bool FinalStage::Finalist::succeeded() const {
  return std::ranges::any_of(repeats, [](const Repeat& r) { return r.result.has_value(); });
}

void FinalStage::Finalist::forget_networks() {
  for (Repeat& repeat : repeats) repeat.network.reset();
}

FinalStage::FinalStage(const Experiment& experiment, RunDirectory& run, Services services)
    : experiment_(experiment), run_(run), services_(std::move(services)) {}

FinalStage::End FinalStage::run(std::span<const Trial> trials) {
  try {
    std::vector<Finalist> all = finalists(trials);
    for (const Finalist& finalist : all) {
      trainings_ += static_cast<int>(std::ranges::count_if(
          finalist.repeats, [](const Repeat& repeat) { return !repeat.result; }));
    }
    Finalist* chosen = choose(all);
    if (chosen == nullptr) return End::failed;
    finish(*chosen);
  } catch (const Interrupted&) {
    return End::interrupted;
  }
  return any_failed_ ? End::partly_failed : End::done;
}

std::vector<FinalStage::Finalist> FinalStage::finalists(std::span<const Trial> trials) const {
  const RunConfig& config = experiment_.config;
  const std::vector<FinalResult> stored = run_.trials().finals();
  std::vector<Finalist> result;
  for (const std::int64_t id : best_trials(trials, ranking_objectives(config.objectives),
                                           static_cast<std::size_t>(config.finalists))) {
    const auto trial = std::ranges::find(trials, id, &Trial::id);
    Finalist finalist;
    finalist.blueprint = make_blueprint(*experiment_.evaluator.space, trial->genotype);
    finalist.trial = id;
    finalist.repeats.resize(static_cast<std::size_t>(config.final_seeds));
    for (const FinalResult& done : stored) {
      if (done.trial == id) finalist.repeats[static_cast<std::size_t>(done.repeat)].result = done;
    }
    result.push_back(std::move(finalist));
  }
  return result;
}

/// The finalist with the best mean validation; the better trial, which comes first, on a tie.
FinalStage::Finalist* FinalStage::choose(std::vector<Finalist>& finalists) {
  Finalist* leader = nullptr;
  for (Finalist& finalist : finalists) {
    train_all(finalist);
    if (!finalist.succeeded()) continue;
    if (leader == nullptr || mean_score(finalist) > mean_score(*leader)) {
      // Networks that can no longer be chosen need not stay in memory.
      if (leader != nullptr) leader->forget_networks();
      leader = &finalist;
    } else {
      finalist.forget_networks();
    }
  }
  return leader;
}

double FinalStage::mean_score(const Finalist& finalist) {
  double sum = 0;
  double count = 0;
  for (const Repeat& repeat : finalist.repeats) {
    if (!repeat.result) continue;
    sum += score(*repeat.result);
    ++count;
  }
  return sum / count;
}

std::size_t FinalStage::chosen_repeat(const Finalist& finalist) const {
  std::optional<std::size_t> chosen;
  for (std::size_t r = 0; r < finalist.repeats.size(); ++r) {
    const auto& result = finalist.repeats[r].result;
    if (!result) continue;
    if (!chosen || (!is_sole() && score(*result) > score(*finalist.repeats[*chosen].result))) {
      chosen = r;
    }
  }
  return chosen.value();
}

void FinalStage::train_all(Finalist& finalist) {
  for (std::size_t r = 0; r < finalist.repeats.size(); ++r) {
    if (finalist.repeats[r].result) continue;
    train(finalist, r);
    if (!finalist.repeats[r].result) continue;
    if (is_sole()) {
      test(finalist, r);
    } else {
      run_.trials().append_final(*finalist.repeats[r].result);
    }
  }
}

void FinalStage::train(Finalist& finalist, std::size_t repeat) {
  const RunConfig& config = experiment_.config;
  std::string what = fmt::format("final training of trial {}", finalist.trial);
  if (const std::size_t all = finalist.repeats.size(); all > 1) {
    what += fmt::format(", {} of {}", repeat + 1, all);
  }
  const std::uint64_t seed = final_training_seed(config.seed, finalist.trial, repeat);
  const auto start = std::chrono::steady_clock::now();
  auto network = experiment_.evaluator.estimator->train_final(
      finalist.blueprint->candidate(),
      {config.final_epochs, seed, config.final_shards, with_validation_part(config)},
      {services_.executor, services_.cancel, [&](double share) {
         // One that is trained again, for its test, had not been counted.
         services_.progress({what, share, trained_, std::max(trainings_, trained_ + 1)});
       }});
  ++trained_;
  const Measurement& training = network->training();
  if (training.status == Measurement::Status::cancelled) throw Interrupted();
  if (training.status == Measurement::Status::failed) {
    any_failed_ = true;
    services_.failed(fmt::format("{} failed: {}", what, training.reason));
    return;
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  finalist.repeats[repeat] = {FinalResult{.trial = finalist.trial,
                                          .repeat = static_cast<int>(repeat),
                                          .seed = seed,
                                          .chosen = false,
                                          .metrics = training.metrics,
                                          .seconds = elapsed.count()},
                              std::move(network)};
  services_.finished(what);
}

void FinalStage::test(Finalist& finalist, std::size_t repeat) {
  Repeat& tested = finalist.repeats[repeat];
  for (const auto& [name, value] : tested.network->test()) tested.result->metrics[name] = value;
  // Before the result: what is stored as tested has its weights on disk.
  if (repeat == chosen_repeat(finalist)) {
    tested.network->save_weights(weights_file(run_.best()));
  }
  run_.trials().append_final(*tested.result);
  tested.network.reset();
}

void FinalStage::finish(Finalist& chosen) {
  for (std::size_t r = 0; r < chosen.repeats.size(); ++r) {
    Repeat& repeat = chosen.repeats[r];
    if (!repeat.result || is_tested(*repeat.result)) continue;
    if (!repeat.network) train(chosen, r);
    if (repeat.network) test(chosen, r);
  }
  run_.trials().choose_final(chosen.trial, static_cast<int>(chosen_repeat(chosen)));
  write_architecture(run_.best(), chosen.blueprint->architecture);
}

}  // namespace nas::cli
