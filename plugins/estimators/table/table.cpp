/// Looks candidates up in a table of published or own measurements, which costs microseconds.
///
/// Every proposal is a query: its own row, its own cost, no reuse. The strategy is told the
/// objectives and nothing else of the row; what else is there is recorded with the trial, so that a
/// search by validation after 12 epochs can report the test accuracy after 200. The protocol is
/// that of NAS-Bench-101 (Ying et al. 2019) and NATS-Bench (Dong, Liu, Musial, Gabrys 2021): with
/// --budget cost=SECONDS the search ends when the simulated time is spent.
#include <optional>

#include <fmt/format.h>

#include "core/plugin/descriptor.hpp"
#include "plugins/estimators/table/measurements.hpp"

namespace {

using namespace nas;

class TableEstimator final : public Estimator {
 public:
  void prepare(const EstimatorContext& context) override {
    measurements_.emplace(context.options, *context.space);
    file_ = context.options.text("file");
  }
  bool needs_data() const override { return false; }
  bool needs_architecture() const override { return false; }
  bool depends_on_run_seed() const override { return false; }
  Fidelity default_fidelity() const override { return {0, 1}; }
  std::vector<std::string> metrics() const override { return measurements_->searchable(); }
  std::optional<std::string> reuse_key(const Candidate&) const override { return std::nullopt; }

  Measurement estimate(const Candidate& candidate, const Fidelity&, std::uint64_t seed,
                       const EstimateServices&) override {
    auto metrics = measurements_->find(candidate.genotype, seed);
    if (!metrics) {
      return {Measurement::Status::failed,
              fmt::format("{} is not in '{}'", candidate.genotype.text(), file_),
              {}};
    }
    return {Measurement::Status::ok, {}, std::move(*metrics)};
  }

 private:
  std::optional<Measurements> measurements_;
  std::string file_;
};

}  // namespace

NAS_ESTIMATOR(
    TableEstimator, "table", "1.0",
    "Looks candidates up in a CSV file, plain or gzip; columns of numbers are metrics.",
    {"file", nas::OptionType::text, "", "The table; its first line names the columns."},
    {"key", nas::OptionType::text, "",
     "Column of the codes of genotypes, or several with commas between (nasbench101: the rows of "
     "the matrix, the ops); the first column if empty."},
    {"objective", nas::OptionType::text, "",
     "Column to search by, or several with commas between; the first is the default objective. "
     "Names with the words acc or val are maximised, others minimised, unless --objective says."},
    {"cost", nas::OptionType::text, "",
     "Column of what a query costs, in its own unit: the metric 'cost', for --budget cost=VALUE."},
    {"repeats", nas::OptionType::choice, "none",
     "What several rows of one key mean: an error, their mean, the first, or one drawn by the "
     "trial's seed.",
     0, 0, "none|mean|first|draw"},
    {"where", nas::OptionType::text, "",
     "Which rows count: conditions such as 'epochs=12,seed!=2', with commas between."});
