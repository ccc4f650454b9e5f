#include "core/engine/gradient_sum.hpp"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/engine/elastic_networks.hpp"
#include "tests/engine/program_checks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Gradients that a program might have given, at the size of their parameters.
struct Given {
  std::vector<float> values;
  ElementRuns touched;

  ParameterGradient of(Parameter& parameter) const { return {&parameter, values, touched}; }
};

std::vector<float> gradient_of(const Parameter& parameter) {
  return {parameter.gradient.values().begin(), parameter.gradient.values().end()};
}

}  // namespace

TEST_CASE("gradients of different parts of one tensor are summed where they overlap") {
  ParameterStore store;
  Parameter& weight = store.create("weight", {6}, ParameterRole::weight);
  std::ranges::fill(weight.gradient.values(), 99.0F);
  const Given first{{0, 1, 2, 3, 0, 0}, {{1, 3}}};
  const Given second{{0, 0, 10, 20, 30, 0}, {{2, 3}}};
  GradientSum sum;
  for (int round = 0; round < 2; ++round) {  // the second finds what the first has left
    sum.clear();
    CHECK(sum.touched().empty());
    sum.add({{first.of(weight)}});
    sum.add({{second.of(weight)}});
    CHECK(gradient_of(weight) == std::vector<float>{99, 1, 12, 23, 30, 99});
    REQUIRE(sum.touched().size() == 1);
    CHECK(sum.touched()[0].parameter == &weight);
    CHECK(std::ranges::equal(sum.touched()[0].runs, ElementRuns{{1, 4}}));
  }
  sum.clear();
  sum.add({{second.of(weight)}});
  CHECK(gradient_of(weight) == std::vector<float>{99, 1, 10, 20, 30, 99});
}

TEST_CASE("parameters are summed in whatever order they come") {
  ParameterStore store;
  Parameter& a = store.create("a", {1}, ParameterRole::weight);
  Parameter& b = store.create("b", {1}, ParameterRole::weight);
  const Given one{{1}, {{0, 1}}}, two{{2}, {{0, 1}}};
  GradientSum sum;
  sum.add({{one.of(a), one.of(b)}});
  sum.add({{two.of(b)}});
  sum.add({{two.of(b), two.of(a)}});
  CHECK(gradient_of(a) == std::vector<float>{3});
  CHECK(gradient_of(b) == std::vector<float>{5});
  CHECK(sum.touched().size() == 2);
  CHECK(sum.touched()[0].parameter == &a);
}

TEST_CASE("the subnets of one step may be of different sizes") {
  const Subnet subnets[] = {{.width = 8, .kernel = 7}, {.width = 16, .kernel = 3}};
  ParameterStore store;
  for (const Subnet& subnet : subnets) store.prepare(elastic_network(subnet), 1);
  std::vector<Program> programs;
  GradientSum sum;
  for (const Subnet& subnet : subnets) {
    programs.emplace_back(elastic_network(subnet), store,
                          ProgramSettings{.batch = 2, .mode = Mode::training});
    results_of_a_step(programs.back());
    sum.add(programs.back().gradients());
  }
  for (const TouchedParameter& each : sum.touched()) {
    std::vector<float> expected(each.parameter->size());
    for (const Program& program : programs) {
      for (const ParameterGradient& part : program.gradients()) {
        if (part.parameter != each.parameter) continue;
        for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += part.gradient[i];
      }
    }
    INFO(each.parameter->name);
    CHECK(gradient_of(*each.parameter) == expected);
    std::size_t used = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      used +=
          uses(subnets[0], each.parameter->name, i) || uses(subnets[1], each.parameter->name, i);
    }
    CHECK(element_count(each.runs) == used);
  }
}
