/// An estimator that trains nothing: for trying out strategies, limits and the program itself.
#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"

namespace {

using namespace nas;

// How long a cancelled trial goes on sleeping at most.
constexpr std::int64_t slice_ms = 5;

/// Share of the answers that are not option 0.
double distance_from_zero(const Genotype& genotype) {
  if (genotype.answers.empty()) return 0;
  const auto others =
      std::ranges::count_if(genotype.answers, [](int answer) { return answer != 0; });
  return static_cast<double>(others) / static_cast<double>(genotype.answers.size());
}

/// About one seed in `n`; none for 0.
bool is_hit(std::uint64_t seed, const char* purpose, std::int64_t n) {
  return n > 0 && derive_seed(seed, purpose) % static_cast<std::uint64_t>(n) == 0;
}

class ConstantEstimator final : public Estimator {
 public:
  void prepare(const EstimatorContext& context) override { options_ = context.options; }
  bool needs_data() const override { return false; }
  Fidelity default_fidelity() const override { return {0, 1}; }
  std::vector<std::string> metrics() const override { return {"val_accuracy"}; }

  Measurement estimate(const Candidate& candidate, const Fidelity&, std::uint64_t seed,
                       const EstimateServices& services) override {
    if (!sleep(services)) return {Measurement::Status::cancelled, {}, {}};
    if (is_hit(seed, "throw", options_.integer("throw_every"))) {
      throw std::runtime_error("thrown on purpose, by the option 'throw_every'");
    }
    if (is_hit(seed, "fail", options_.integer("fail_every"))) {
      return {Measurement::Status::failed, "failed on purpose, by the option 'fail_every'", {}};
    }
    const double value = options_.real("value") -
                         options_.real("signal") * distance_from_zero(candidate.genotype) +
                         options_.real("noise") * Random(derive_seed(seed, "noise")).normal();
    return {Measurement::Status::ok, {}, {{"val_accuracy", value}}};
  }

 private:
  /// False where it was cancelled meanwhile.
  bool sleep(const EstimateServices& services) const {
    const std::int64_t total = options_.integer("sleep_ms");
    for (std::int64_t slept = 0; slept < total; slept += slice_ms) {
      if (services.cancel.now()) return false;
      if (services.progress) {
        services.progress(static_cast<double>(slept) / static_cast<double>(total));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(std::min(slice_ms, total - slept)));
    }
    return true;
  }

  OptionValues options_;
};

}  // namespace

NAS_ESTIMATOR(ConstantEstimator, "constant", "1.0",
              "A constant val_accuracy, for trying things out and for tests.",
              {"value", nas::OptionType::real, "0.5", "The value."},
              {"signal", nas::OptionType::real, "0",
               "Taken off in proportion to the share of answers that are not option 0."},
              {"noise", nas::OptionType::real, "0",
               "Standard deviation of normal noise, drawn from the trial's seed.", 0, 1000000},
              {"sleep_ms", nas::OptionType::integer, "0",
               "For tests: milliseconds that a trial takes; it can be cancelled.", 0, 86400000},
              {"fail_every", nas::OptionType::integer, "0",
               "For tests: about one trial in so many fails, by its seed; 0: none.", 0, 1000000},
              {"throw_every", nas::OptionType::integer, "0",
               "For tests: about one trial in so many throws, by its seed; 0: none.", 0, 1000000});
