#include "cli/space_sampling.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "cli/latency_model.hpp"
#include "cli/space_file.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/search/blueprint.hpp"
#include "core/search/feasibility.hpp"
#include "core/search/trial_runner.hpp"

namespace nas::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int patience = 1000;
constexpr std::chrono::milliseconds report_interval{100};

/// The networks of all samples, one after the other, through a runner.
class Estimation {
 public:
  Estimation(std::vector<SpaceSample>& samples, Estimator& estimator,
             const SamplingSettings& settings, Executor& executor, const CancelToken& cancel,
             ProgressLine& line)
      : samples_(samples),
        fidelity_(estimator.default_fidelity()),
        settings_(settings),
        ahead_(2 * static_cast<std::size_t>(executor.workers())),
        cancel_(cancel),
        line_(line),
        runner_(estimator, executor, cancel) {}

  bool run() {
    const std::size_t total = samples_.size() * settings_.networks;
    while (done_ < total && !cancel_.soon()) {
      while (next_ < total && runner_.outstanding() < ahead_) start(next_++);
      runner_.wait_for(report_interval);
      for (TrialCompletion& completion : runner_.take()) finish(std::move(completion));
      report(total);
    }
    line_.settle(progress_text(total));
    line_.clear();
    return done_ == total;
  }

 private:
  SampledNetwork& network(std::size_t i) {
    return samples_[i / settings_.networks].networks[i % settings_.networks];
  }

  void start(std::size_t i) {
    const SearchSpace& space = *samples_[i / settings_.networks].space;
    const std::uint64_t seed = derive_seed(settings_.seed, "trial", i % settings_.networks);
    runner_.start({static_cast<std::int64_t>(i), fidelity_, seed,
                   make_blueprint(space, network(i).genotype)});
  }

  void finish(TrialCompletion completion) {
    Measurement& measurement = completion.measurement;
    if (measurement.status == Measurement::Status::cancelled) return;
    ++done_;
    SampledNetwork& measured = network(static_cast<std::size_t>(completion.id));
    if (measurement.status == Measurement::Status::failed) {
      measured.failure = std::move(measurement.reason);
      return;
    }
    measured.metrics.merge(measurement.metrics);
    const auto value = measured.metrics.find(settings_.objective);
    if (value == measured.metrics.end()) {
      measured.failure = fmt::format("the estimator reports no '{}'", settings_.objective);
    } else if (!std::isfinite(value->second)) {
      measured.failure = fmt::format("'{}' is {}", settings_.objective, value->second);
    }
  }

  std::string progress_text(std::size_t total) const {
    const std::chrono::duration<double> passed = Clock::now() - start_;
    std::optional<double> left;
    if (done_ > 0) {
      left = passed.count() * static_cast<double>(total - done_) / static_cast<double>(done_);
    }
    return fmt::format("{}/{} networks{}", done_, total, done_ < total ? eta_text(left) : "");
  }

  void report(std::size_t total) {
    const bool milestone = done_ > reported_;
    reported_ = done_;
    line_.show(progress_text(total), milestone);
  }

  std::vector<SpaceSample>& samples_;
  const Fidelity fidelity_;
  const SamplingSettings& settings_;
  const std::size_t ahead_;  ///< networks that are built and not yet estimated
  const CancelToken& cancel_;
  ProgressLine& line_;
  const Clock::time_point start_ = Clock::now();
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  std::size_t reported_ = 0;
  TrialRunner runner_;  ///< last: its destructor waits for what runs
};

}  // namespace

SpaceReference parse_space_reference(const std::string& text) {
  if (is_space_file(text)) {
    SpaceReference described{text, {}, {}};
    described.name = registered_space({{text}, Origin::flag, shell_word(text)}, described.options);
    return described;
  }
  const std::size_t colon = text.find(':');
  SpaceReference reference{text, text.substr(0, colon), {}};
  const auto reject = [&] {
    throw Error(
        ErrorKind::usage,
        fmt::format("cannot read the space '{}'; it is a FILE.json, or a name, with options "
                    "behind it if need be, such as 'mbconv:max_depth=2,width=0.5'",
                    text));
  };
  if (reference.name.empty()) reject();
  if (colon == std::string::npos) return reference;
  std::size_t begin = colon + 1;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string option = text.substr(begin, end - begin);
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos || equals == 0) reject();
    reference.options.insert_or_assign(
        fmt::format("{}.{}", reference.name, option.substr(0, equals)),
        Setting{{option.substr(equals + 1)}, Origin::flag, fmt::format("'{}'", text)});
    begin = end + 1;
  }
  return reference;
}

void draw_networks(SpaceSample& sample, const SamplingSettings& settings) {
  Random random(derive_seed(settings.seed, "sample"));
  Feasibility feasibility(settings.limits);
  while (sample.networks.size() < settings.networks) {
    SampledNetwork network;
    network.genotype = sample.space->sample(random);
    network.metrics = cost_metrics(cost(sample.space->build(network.genotype)));
    if (feasibility.check(network.metrics)) {
      sample.networks.push_back(std::move(network));
    } else if (feasibility.streak() >= patience) {
      throw Error(ErrorKind::infeasible,
                  fmt::format("space '{}': {}", sample.label, feasibility.explanation()));
    }
  }
}

bool estimate_networks(std::vector<SpaceSample>& samples, Estimator& estimator,
                       const SamplingSettings& settings, Executor& executor,
                       const CancelToken& cancel, ProgressLine& line) {
  return Estimation(samples, estimator, settings, executor, cancel, line).run();
}

}  // namespace nas::cli
