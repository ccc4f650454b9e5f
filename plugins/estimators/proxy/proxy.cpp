/// Zero-cost proxies: measures a network at its random initial weights, by one batch or none.
///
/// Every network of a run sees the same images, the first of the training part in an order that
/// follows from the run's seed; its weights follow from the trial's seed. Nothing is trained, and
/// neither validation nor test data is set apart or read. Dropout and drop_path are left out.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/resolution.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/data/batch.hpp"
#include "core/data/resized_data.hpp"
#include "core/data/split.hpp"
#include "core/plugin/descriptor.hpp"
#include "core/search/search_space.hpp"
#include "core/training/compatibility.hpp"
#include "plugins/estimators/proxy/measure.hpp"
#include "plugins/estimators/proxy/vote.hpp"

namespace {

using namespace nas;
using proxy::Proxy;

/// A dataset of these samples' images alone: resizing it costs nothing.
Samples cut_out(const Samples& samples) {
  const LabelledImages& all = samples.images();
  const auto size = static_cast<std::size_t>(all.shape.elements());
  auto dataset = std::make_shared<Dataset>();
  dataset->name = samples.dataset->name;
  dataset->classes = samples.dataset->classes;
  dataset->train.shape = all.shape;
  std::visit(
      [&](const auto& values) {
        auto taken = values;
        taken.clear();
        for (const std::uint32_t index : samples.indices) {
          const auto begin = values.begin() + static_cast<std::ptrdiff_t>(index * size);
          taken.insert(taken.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
          dataset->train.labels.push_back(all.labels[index]);
        }
        dataset->train.values = std::move(taken);
      },
      all.values);
  Samples result{dataset, false, std::vector<std::uint32_t>(samples.count()),
                 samples.normalisation};
  std::iota(result.indices.begin(), result.indices.end(), 0U);
  return result;
}

class ProxyEstimator final : public Estimator {
 public:
  void prepare(const EstimatorContext& context) override {
    if (!context.dataset) {
      throw Error(ErrorKind::config, "the estimator 'proxy' needs a dataset; name one with --data");
    }
    if (context.precision != Precision::float32) {
      throw Error(ErrorKind::config,
                  "the estimator 'proxy' measures in float32; leave --precision out");
    }
    if (context.space != nullptr && context.space->has_architectures()) {
      check_classifier(example_architecture(*context.space));
    }
    context_ = context;
    read_proxies(context.options.text("proxies"));
    const auto most = std::max(option("batch_size"), option("naswot_batch_size"));
    images_ = cut_out(whole_training_part(context.dataset, derive_seed(context.seed, "order"))
                          .first(static_cast<std::size_t>(most)));
    data_ = std::make_unique<ResizedData>(images_.dataset);
    if (reports(Proxy::vote)) draw_references();
  }

  bool needs_data() const override { return true; }
  Fidelity default_fidelity() const override { return {0, 1}; }
  std::vector<std::string> metrics() const override {
    std::vector<std::string> names;
    for (const Proxy each : reported_) names.push_back(name_of(each));
    return names;
  }

  Measurement estimate(const Candidate& candidate, const Fidelity& fidelity, std::uint64_t seed,
                       const EstimateServices& services) override {
    const proxy::Outcome outcome =
        fidelity.resolution == 1
            ? measure(candidate.architecture, measured_, seed, services.cancel, services.progress)
            : measure(at_resolution(candidate.architecture, fidelity.resolution), measured_, seed,
                      services.cancel, services.progress);
    if (outcome.cancelled) return {Measurement::Status::cancelled, {}, {}};
    if (!outcome.failure.empty()) return {Measurement::Status::failed, outcome.failure, {}};
    Metrics metrics;
    for (const Proxy each : reported_) {
      const auto found = outcome.scores.find(each);
      if (found != outcome.scores.end()) metrics[name_of(each)] = found->second;
    }
    if (reports(Proxy::vote)) {
      const auto* references = references_->scores(services.cancel);
      if (references == nullptr) return {Measurement::Status::cancelled, {}, {}};
      metrics[name_of(Proxy::vote)] = proxy::vote(outcome.scores, *references);
    }
    return {Measurement::Status::ok, {}, std::move(metrics)};
  }

 private:
  std::int64_t option(std::string_view name) const { return context_.options.integer(name); }
  bool reports(Proxy each) const { return std::ranges::find(reported_, each) != reported_.end(); }

  void read_proxies(const std::string& names) {
    try {
      reported_ = proxy::parse_proxies(names);
    } catch (const Error& error) {
      throw Error(error.kind(), fmt::format("--set proxy.proxies={}: {}", names, error.what()));
    }
    const Proxy first = reported_.front();
    if (first == Proxy::params || first == Proxy::macs) {
      throw Error(ErrorKind::config,
                  fmt::format("--set proxy.proxies={0}: the first is what is maximised, and '{1}' "
                              "is minimised wherever it is an objective; name another one first, "
                              "and say --objective {1}:max",
                              names, name_of(first)));
    }
    measured_ = {reported_.begin(), reported_.end()};
    if (measured_.erase(Proxy::vote) > 0) {
      measured_.insert(proxy::voters.begin(), proxy::voters.end());
    }
  }

  void draw_references() {
    if (context_.space == nullptr || !context_.space->has_architectures()) {
      throw Error(ErrorKind::config,
                  "the proxy 'vote' compares networks with others of their search space, and there "
                  "is none; name other proxies with --set proxy.proxies=…");
    }
    const auto count = static_cast<std::size_t>(option("vote_networks"));
    references_ = std::make_unique<proxy::References>(
        count, [this](std::size_t i, const CancelToken& cancel) {
          return measure(reference(i), {proxy::voters.begin(), proxy::voters.end()},
                         derive_seed(context_.seed, "reference", i), cancel, {})
              .scores;
        });
  }

  /// Uniform over what the limits leave, like the candidates of random search; any network where
  /// that is so little that none is found.
  Architecture reference(std::size_t index) const {
    constexpr int most_draws = 1000;
    Random random(derive_seed(context_.seed, "reference draw", index));
    for (int i = 1;; ++i) {
      const Genotype genotype = context_.space->sample_uniform(random);
      Architecture drawn = context_.space->build(genotype);
      if (!context_.is_feasible || i == most_draws || context_.is_feasible(genotype, drawn)) {
        return drawn;
      }
    }
  }

  /// What it is measured by, at the resolution that it reads.
  proxy::MeasureSettings settings_for(const Architecture& architecture) {
    const Shape& input = architecture.shape(architecture.input_nodes().front());
    const Samples all = data_->at(images_, input);
    check_compatible(architecture, all);
    const Samples batch = all.first(static_cast<std::size_t>(option("batch_size")));
    const Samples codes = all.first(static_cast<std::size_t>(option("naswot_batch_size")));
    const auto elements = static_cast<std::size_t>(input.elements());
    proxy::MeasureSettings settings;
    settings.batch.images.resize(batch.count() * elements);
    settings.batch.labels.resize(batch.count());
    fill_batch(batch, batch.indices, settings.batch.images, settings.batch.labels);
    settings.naswot_images.resize(codes.count() * elements);
    std::vector<std::int32_t> unused(codes.count());
    fill_batch(codes, codes.indices, settings.naswot_images, unused);
    settings.zen = {.batch = option("zen_batch_size"),
                    .repeats = option("zen_repeats"),
                    .gamma = context_.options.real("zen_gamma")};
    settings.memory_limit = context_.memory_limit;
    return settings;
  }

  proxy::Outcome measure(const Architecture& architecture, const proxy::Proxies& wanted,
                         std::uint64_t seed, const CancelToken& cancel,
                         const std::function<void(double)>& progress) {
    return proxy::measure(architecture, wanted, settings_for(architecture), seed, cancel, progress);
  }

  EstimatorContext context_;
  std::vector<Proxy> reported_;  ///< in the order of the option
  proxy::Proxies measured_;
  Samples images_;
  std::unique_ptr<ResizedData> data_;
  std::unique_ptr<proxy::References> references_;
};

}  // namespace

NAS_ESTIMATOR(
    ProxyEstimator, "proxy", "1.0",
    "Zero-cost proxies: measures networks at their initial weights, by one batch; trains nothing.",
    {"proxies", nas::OptionType::text, "naswot,synflow,jacob_cov,snip,grad_norm,fisher,l2_norm",
     "What to measure, with commas between: grad_norm, snip, grasp, synflow, fisher, jacob_cov, "
     "naswot, zen, l2_norm, params, macs, vote. The first is the default objective."},
    {"batch_size", nas::OptionType::integer, "64",
     "Images for gradients: of grad_norm, snip, grasp, fisher and jacob_cov (Abdelfattah et al. "
     "2021).",
     1, 4096},
    {"naswot_batch_size", nas::OptionType::integer, "128",
     "Images for naswot (Mellor et al. 2021).", 2, 4096},
    {"zen_batch_size", nas::OptionType::integer, "16", "Noise images of a repeat of zen.", 1, 4096},
    {"zen_repeats", nas::OptionType::integer, "32",
     "How often zen draws weights and images; its value is the mean (Lin et al. 2021).", 1, 10000},
    {"zen_gamma", nas::OptionType::real, "0.01", "How far zen moves its images.", 1e-6, 1},
    {"vote_networks", nas::OptionType::integer, "32",
     "Networks of the space, drawn from the run's seed, that vote compares each network with.", 1,
     10000});
