/// Final training: the finalists are trained at length, and the test data read once.
///
/// With one finalist each of its repeats trains on the whole training part and is tested. With
/// several they train without the validation part, the best by mean validation is chosen, and only
/// its networks are tested. Every training is stored as soon as it ends, so that an interrupted
/// stage goes on after it; a network that is to be tested and was trained before an interruption is
/// trained again, with the same seed and so the same result.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/experiment.hpp"
#include "core/search/blueprint.hpp"
#include "results/run_directory.hpp"

namespace nas::cli {

/// Of one training: a function of the run's seed, the trial and the repeat, from 0.
std::uint64_t final_training_seed(std::uint64_t run_seed, std::int64_t trial, std::size_t repeat);

/// Whether final trainings train on the validation part, too: of several finalists the best is
/// chosen by what that part says of them.
bool with_validation_part(const RunConfig& config);

/// How far the final stage is.
struct FinalProgress {
  std::string what;   ///< "final training of trial 9, 1 of 3"
  double share = 0;   ///< of this training, 0 … 1
  int trained = 0;    ///< trainings before this one, in this session
  int trainings = 1;  ///< that this session needs
};

class FinalStage {
 public:
  struct Services {
    Executor& executor;
    const CancelToken& cancel;
    std::function<void(const FinalProgress&)> progress;
    std::function<void(const std::string& message)> finished;
    std::function<void(const std::string& message)> failed;
  };
  enum class End {
    done,
    partly_failed,  ///< some training diverged; the others count
    failed,         ///< none succeeded
    interrupted,
  };

  FinalStage(const Experiment& experiment, RunDirectory& run, Services services);

  End run(std::span<const Trial> trials);

 private:
  struct Repeat {
    std::optional<FinalResult> result;  ///< nothing: not trained yet, or it failed
    std::unique_ptr<TrainedNetwork> network;
  };
  struct Finalist {
    std::unique_ptr<const Blueprint> blueprint;
    std::int64_t trial = 0;
    std::vector<Repeat> repeats;

    bool succeeded() const;
    void forget_networks();
  };
  struct Interrupted {};

  bool is_sole() const { return experiment_.config.finalists == 1; }
  std::vector<Finalist> finalists(std::span<const Trial> trials) const;
  Finalist* choose(std::vector<Finalist>& finalists);
  static double mean_score(const Finalist& finalist);
  /// Whose weights are kept: the first, or the best by validation.
  std::size_t chosen_repeat(const Finalist& finalist) const;

  void train_all(Finalist& finalist);
  void train(Finalist& finalist, std::size_t repeat);
  void test(Finalist& finalist, std::size_t repeat);
  void finish(Finalist& chosen);

  const Experiment& experiment_;
  RunDirectory& run_;
  const Services services_;
  bool any_failed_ = false;
  int trained_ = 0;
  int trainings_ = 0;
};

}  // namespace nas::cli
