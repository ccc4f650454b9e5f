// What every search space has to satisfy, whatever it holds. `make test-full` draws 200 genotypes
// of each where `make test` draws a handful.
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <numeric>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/architecture/architecture_json.hpp"
#include "core/architecture/cost_model.hpp"
#include "core/base/text.hpp"
#include "core/engine/reference_network.hpp"
#include "core/search/big_integer.hpp"
#include "core/training/trainer.hpp"
#include "search_spaces/codes.hpp"
#include "search_spaces/registry.hpp"
#include "tests/search_spaces/program_cost.hpp"
#include "tests/search_spaces/same_function.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

constexpr int handful = 4;

int samples() {
  const char* const wanted = std::getenv("NAS_TEST_SAMPLES");
  return wanted == nullptr ? handful : static_cast<int>(parse_integer(wanted).value_or(handful));
}

/// What is executed here, by plain loops, too: they take some 10 ns for each.
constexpr std::int64_t most_macs_executed = 40'000'000;

/// Of what is classified into something else than classes of images, only forward passes run.
bool is_classifier(const Architecture& net) {
  return net.outputs().size() == 1 &&
         net.shape(net.outputs().front()) == Shape{cifar_task.classes, 1, 1};
}

bool has_views(const Architecture& net) {
  for (NodeId node = 0; node < net.size(); ++node) {
    if (!net.references(node).empty()) return true;
  }
  return false;
}

/// Of spaces most of whose networks would be too large to be executed.
std::map<std::string, std::string> options_for_execution(const std::string& space) {
  if (space == "nasrl") return {{"layers", "5"}};
  return {};
}

template <typename Check>
void for_each_space(Check check) {
  for (const SpaceEntry& entry : search_spaces()) {
    if (entry.name == codes_space_name) continue;  // has nothing without a table, nor networks
    INFO("space " << entry.name);
    const OptionValues options(entry.name, entry.options, options_for_execution(entry.name));
    const auto space = entry.make(cifar_task, options);
    check(*space);
  }
}

/// Networks of each space that were small enough to be executed: there must be some.
class Executed {
 public:
  bool may(const SearchSpace& space, const Architecture& net) {
    const bool within = cost(net).macs <= most_macs_executed;
    networks_[space.name()] += within;
    return within;
  }
  ~Executed() {
    for (const auto& [space, networks] : networks_) {
      INFO("space " << space);
      CHECK(networks > 0);
    }
  }

 private:
  std::map<std::string, int> networks_;
};

/// The space, a genotype drawn from it, and its network.
template <typename Check>
void for_each_sample(Check check) {
  for_each_space([&](const SearchSpace& space) {
    Random random(derive_seed(1, space.name()));
    for (int i = 0; i < samples(); ++i) {
      const Genotype genotype = space.sample(random);
      INFO("genotype " << genotype.text());
      check(space, genotype, space.build(genotype));
    }
  });
}

/// Four images of noise.
Samples noise(const Shape& shape) {
  constexpr std::size_t count = 4;
  Random random(3);
  auto dataset = std::make_shared<Dataset>();
  dataset->name = "noise";
  dataset->classes = cifar_task.classes;
  dataset->train.shape = dataset->test.shape = shape;
  std::vector<std::uint8_t> values(count * static_cast<std::size_t>(shape.elements()));
  for (std::uint8_t& value : values) value = static_cast<std::uint8_t>(random.below(256));
  dataset->train.values = std::move(values);
  for (std::size_t i = 0; i < count; ++i) {
    dataset->train.labels.push_back(static_cast<std::int32_t>(random.below(10)));
  }
  std::vector<std::uint32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0u);
  const Normalisation normalisation = measure_normalisation(dataset->train, indices);
  return {dataset, false, indices, normalisation};
}

/// Every decision drawn among what is open: valid, but not necessarily canonical.
Genotype draw_valid(const SearchSpace& space, Random& random) {
  Genotype genotype{std::vector<int>(space.decisions().size(), 0)};
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    const std::vector<bool> open = space.allowed(genotype, i);
    do {
      genotype.answers[i] = static_cast<int>(random.below(open.size()));
    } while (!open[static_cast<std::size_t>(genotype.answers[i])]);
  }
  return genotype;
}

}  // namespace

TEST_CASE("every space: a sample is valid, canonical, complete, and its JSON gives it back") {
  for_each_sample([](const SearchSpace& space, const Genotype& genotype, const Architecture& net) {
    REQUIRE_NOTHROW(space.validate(genotype));
    REQUIRE(space.canonical(genotype) == genotype);
    REQUIRE_NOTHROW(check_complete(net));
    REQUIRE(architecture_from_json(nlohmann::json::parse(to_json(net).dump())) == net);
    REQUIRE(parse_genotype(genotype.text()) == genotype);
  });
}

TEST_CASE("every space: DOT shows every node and every edge") {
  for_each_sample([](const SearchSpace&, const Genotype&, const Architecture& net) {
    const std::string dot = to_dot(net);
    std::size_t edges = 0;
    for (NodeId node = 0; node < net.size(); ++node) {
      edges += net.inputs(node).size();
      REQUIRE(dot.find(net.name(node)) != std::string::npos);
    }
    std::size_t arrows = 0;
    for (auto at = dot.find("->"); at != std::string::npos; at = dot.find("->", at + 1)) ++arrows;
    REQUIRE(arrows >= edges);
  });
}

TEST_CASE("every space: canonical forms are canonical and have valid neighbours and children") {
  for_each_space([](const SearchSpace& space) {
    Random random(derive_seed(2, space.name()));
    for (int i = 0; i < samples(); ++i) {
      const Genotype a = space.sample(random), b = space.sample_uniform(random);
      for (const Genotype& child :
           {b, space.crossover(a, b, random), space.mutate_each(a, 0.2, random)}) {
        REQUIRE_NOTHROW(space.validate(child));
        REQUIRE(space.canonical(child) == child);
        REQUIRE_NOTHROW(space.build(child));
      }
      const Genotype mutant = space.mutate_one(a, random);
      REQUIRE_NOTHROW(space.validate(mutant));
      REQUIRE_NOTHROW(space.validate(space.canonical(mutant)));
      REQUIRE_NOTHROW(space.build(mutant));
      const std::vector<Genotype> neighbours = space.neighbours(a);
      REQUIRE(std::set<Genotype>(neighbours.begin(), neighbours.end()).size() == neighbours.size());
      for (std::size_t n = 0; n < neighbours.size(); n += 1 + neighbours.size() / 8) {
        REQUIRE(neighbours[n] != a);
        REQUIRE(space.canonical(neighbours[n]) == neighbours[n]);
        REQUIRE_NOTHROW(space.validate(neighbours[n]));
      }
    }
  });
}

TEST_CASE("every space: valid genotypes of one canonical form compute the same") {
  const int pairs = std::min(50, 5 * samples());
  constexpr int draws = 500;
  // Relative to the largest output: sums of the same terms in another order.
  constexpr float tolerance = 1e-3F;
  for_each_space([&](const SearchSpace& space) {
    if (space.decisions().empty()) return;  // free-form graphs: see their own tests
    Random random(derive_seed(3, space.name()));
    for (int found = 0, draw = 0; found < pairs && draw < draws; ++draw) {
      const Genotype genotype = draw_valid(space, random);
      const Genotype canonical = space.canonical(genotype);
      REQUIRE(space.canonical(canonical) == canonical);
      if (canonical == genotype) continue;
      ++found;
      INFO("genotype " << genotype.text() << ", canonical " << canonical.text());
      const auto output = output_with_weights_by_computation(space.build(genotype));
      const auto expected = output_with_weights_by_computation(space.build(canonical));
      REQUIRE(output.size() == expected.size());
      float largest = 0;
      for (const float value : expected) largest = std::max(largest, std::abs(value));
      for (std::size_t i = 0; i < output.size(); ++i) {
        REQUIRE(std::abs(output[i] - expected[i]) <= tolerance * largest);
      }
    }
  });
}

TEST_CASE("every space: costs are those of the compiled program and of the reference network") {
  Executed executed;
  for_each_sample([&](const SearchSpace& space, const Genotype&, const Architecture& net) {
    const Cost expected = cost(net);
    REQUIRE(compiled_macs(net) == expected.macs);
    ParameterStore store;
    store.prepare(net, 1);
    if (!has_views(net)) REQUIRE(compiled_params(net, store) == expected.params);
    if (!executed.may(space, net)) return;
    ReferenceNetwork<float> reference(net, 1, Mode::inference);
    reference.load(store);
    const Shape input = net.shape(net.input_nodes().front());
    reference.forward(std::vector<float>(static_cast<std::size_t>(input.elements()), 0.5F));
    REQUIRE(static_cast<std::int64_t>(reference.peak_bytes()) == expected.ram);
  });
}

TEST_CASE("every space: networks run, and those that classify images take a step of training") {
  const auto executor = make_serial_executor();
  Executed executed;
  for_each_sample([&](const SearchSpace& space, const Genotype&, const Architecture& net) {
    if (!executed.may(space, net)) return;
    ParameterStore store;
    store.prepare(net, 1);
    if (!is_classifier(net)) {
      Program program(net, store, {.batch = 1, .mode = Mode::inference});
      std::ranges::fill(program.input(), 0.5F);
      program.forward();
      for (std::size_t output = 0; output < net.outputs().size(); ++output) {
        for (const float value : program.output(output)) REQUIRE(std::isfinite(value));
      }
      return;
    }
    const TrainingSettings settings{.batch_size = 4, .learning_rate = 0.01};
    const TrainingOutcome outcome =
        train(net, store, noise(net.shape(net.input_nodes().front())), settings, 1, *executor, {});
    REQUIRE(outcome.status == TrainingOutcome::Status::finished);
    REQUIRE(outcome.steps == 1);
    REQUIRE(std::isfinite(outcome.train_loss));
  });
}

TEST_CASE("every space: the closed form of the size is that of its completions") {
  for_each_space([](const SearchSpace& space) {
    const auto size = space.size();
    if (!size) return;
    REQUIRE(size->value > 0);
    const auto completions = space.completions({}, 0);
    REQUIRE(completions.has_value());
    REQUIRE(completions->value == size->value);
  });
}

TEST_CASE("every space: each published architecture is what its name says for other tasks, too") {
  for (const SpaceEntry& entry : search_spaces()) {
    for (const NamedArchitecture& named : entry.named) {
      INFO("architecture " << named.name);
      const Architecture net = named.build(named.task);
      REQUIRE_NOTHROW(check_complete(net));
      REQUIRE(net.shape(net.input_nodes().front()) == named.task.input);
      REQUIRE(named.description.size() > 10);
    }
  }
}
