#include <catch2/catch.hpp>

#include "core/search/blueprint.hpp"
#include "tests/plugin/loaded.hpp"

using namespace nas;

namespace {

class Synthetic {
 public:
  explicit Synthetic(const Given& given = {}, std::uint64_t seed = 0)
      : library_(built_plugins().find(PluginKind::estimator, "synthetic")),
        estimator_(library_->make_estimator()) {
    EstimatorContext context;
    context.options = options_of(*library_, given);
    context.space = &space_;
    context.seed = seed;
    estimator_->prepare(context);
  }

  Metrics measure(const Genotype& genotype, const Fidelity& fidelity = {81}, std::uint64_t seed = 1,
                  std::optional<Fidelity> continued = {}) {
    const auto blueprint = make_blueprint(space_, genotype);
    const CancelToken cancel;
    EstimateServices services{*executor_, cancel, {}};
    services.continued = continued;
    return estimator_->estimate(blueprint->candidate(), fidelity, seed, services).metrics;
  }
  double accuracy(const Genotype& genotype, double epochs) {
    return measure(genotype, {epochs}).at("val_accuracy");
  }
  std::vector<Genotype> genotypes() const {
    std::vector<Genotype> all;
    space_.enumerate([&](const Genotype& genotype) {
      all.push_back(genotype);
      return true;
    });
    return all;
  }
  /// Pairs of genotypes whose order changes between a little and the full training.
  int crossings() {
    const std::vector<Genotype> all = genotypes();
    int count = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
      count += (accuracy(all[i - 1], 9) < accuracy(all[i], 9)) !=
               (accuracy(all[i - 1], 81) < accuracy(all[i], 81));
    }
    return count;
  }
  Estimator& estimator() { return *estimator_; }

 private:
  fake::Space space_{3, 4};
  std::unique_ptr<Executor> executor_ = make_serial_executor();
  std::shared_ptr<const PluginLibrary> library_;
  std::shared_ptr<Estimator> estimator_;
};

}  // namespace

TEST_CASE("a synthetic landscape has one optimum, of regret 0 and accuracy 1") {
  for (const char* ruggedness : {"0", "0.2", "1"}) {
    Synthetic synthetic(Given{{"noise", "0"}, {"ruggedness", ruggedness}, {"landscape", "5"}});
    int optima = 0;
    for (const Genotype& genotype : synthetic.genotypes()) {
      const Metrics metrics = synthetic.measure(genotype);
      CHECK(metrics.at("regret") >= 0);
      CHECK(metrics.at("regret") <= 0.9);
      CHECK(metrics.at("val_accuracy") == Approx(1 - metrics.at("regret")).margin(1e-12));
      optima += metrics.at("regret") == 0;
    }
    CHECK(optima == 1);
  }
}

TEST_CASE("where nothing is rugged, genotypes that differ in less of the optimum are better") {
  Synthetic synthetic(Given{{"noise", "0"}, {"ruggedness", "0"}});
  const std::vector<Genotype> all = synthetic.genotypes();
  const auto optimum = std::ranges::find_if(
      all, [&](const Genotype& genotype) { return synthetic.measure(genotype).at("regret") == 0; });
  REQUIRE(optimum != all.end());
  for (const Genotype& genotype : all) {
    for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
      Genotype nearer = genotype;
      nearer.answers[i] = optimum->answers[i];
      if (nearer == genotype) continue;
      CHECK(synthetic.accuracy(nearer, 81) > synthetic.accuracy(genotype, 81));
    }
  }
}

TEST_CASE("learning curves rise, and cross where they are asked to") {
  Synthetic parallel(Given{{"noise", "0"}, {"crossing", "0"}});
  CHECK(parallel.crossings() == 0);
  Synthetic crossing(Given{{"noise", "0"}, {"crossing", "1"}});
  CHECK(crossing.crossings() > 3);
  for (Synthetic* synthetic : {&parallel, &crossing}) {
    const Genotype genotype{{1, 2, 3}};
    CHECK(synthetic->accuracy(genotype, 0) == Approx(0.1).margin(1e-12));
    CHECK(synthetic->accuracy(genotype, 1) < synthetic->accuracy(genotype, 3));
    CHECK(synthetic->accuracy(genotype, 27) < synthetic->accuracy(genotype, 81));
  }
}

TEST_CASE("data and resolution count as effort, and what is continued has been paid") {
  Synthetic synthetic(Given{{"noise", "0"}});
  const Genotype genotype{{1, 2, 3}};
  CHECK(synthetic.measure(genotype, {81}).at("cost") == 81);
  CHECK(synthetic.measure(genotype, {80, 0.5, 0.5}).at("cost") == 10);
  CHECK(synthetic.measure(genotype, {27}, 1, Fidelity{9}).at("cost") == 18);
  CHECK(synthetic.measure(genotype, {40, 0.5}).at("val_accuracy") ==
        synthetic.measure(genotype, {20}).at("val_accuracy"));
  CHECK(synthetic.measure(genotype, {27}, 1, Fidelity{9}).at("val_accuracy") ==
        synthetic.measure(genotype, {27}).at("val_accuracy"));
}

TEST_CASE("noise follows from the seed and the fidelity, and every proposal has its own") {
  Synthetic synthetic(Given{{"noise", "0.1"}}), again(Given{{"noise", "0.1"}});
  const Genotype genotype{{0, 0, 0}};
  const Metrics first = synthetic.measure(genotype, {81}, 1);
  CHECK(again.measure(genotype, {81}, 1) == first);
  CHECK(synthetic.measure(genotype, {81}, 2) != first);
  CHECK(synthetic.measure(genotype, {81}, 2).at("regret") == first.at("regret"));
  const fake::Space space(3, 4);
  const auto blueprint = make_blueprint(space, genotype);
  CHECK_FALSE(synthetic.estimator().reuse_key(blueprint->candidate()));
}

TEST_CASE("an architecture that is no genotype of the space is a failed trial") {
  const auto measure = [](const Genotype& genotype) {
    Synthetic synthetic;
    const fake::Space space(1, 4);
    const auto blueprint = make_blueprint(space, {{0}});
    const auto executor = make_serial_executor();
    const CancelToken cancel;
    const Candidate candidate{genotype, blueprint->architecture, blueprint->cost, blueprint->hash};
    return synthetic.estimator().estimate(candidate, {81}, 1, {*executor, cancel, {}}).status;
  };
  CHECK(measure({}) == Measurement::Status::failed);
  CHECK(measure({{1, 2}}) == Measurement::Status::failed);
  CHECK(measure({{1, 2, 3}}) == Measurement::Status::ok);
}

TEST_CASE("landscapes differ by their seed") {
  Synthetic one(Given{{"landscape", "1"}}), two(Given{{"landscape", "2"}});
  CHECK(one.measure({{1, 1, 1}}).at("regret") != two.measure({{1, 1, 1}}).at("regret"));
}

TEST_CASE("the landscape is the run's own where that is asked for") {
  const Genotype genotype{{1, 2, 3}};
  Synthetic fixed_one({{"landscape", "7"}}, 1), fixed_two({{"landscape", "7"}}, 2);
  Synthetic own_one({{"landscape", "-1"}}, 7), own_two({{"landscape", "-1"}}, 8);
  const double regret = fixed_one.measure(genotype).at("regret");
  CHECK(fixed_two.measure(genotype).at("regret") == regret);
  CHECK(own_one.measure(genotype).at("regret") == regret);
  CHECK(own_two.measure(genotype).at("regret") != regret);
}
