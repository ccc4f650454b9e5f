
#include <catch2/catch.hpp>

#include "search_spaces/described.hpp"
#include "search_spaces/staged/description_json.hpp"
#include "search_spaces/staged/staged_space.hpp"
#include "tests/base/file_content.hpp"
#include "tests/base/rejection.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;

namespace {

/// The example of the format with one part replaced.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = example_description();
  const std::size_t at = text.find(from);
  if (at == std::string::npos) FAIL("the example has no '" << from << "'");
  return text.replace(at, from.size(), to);
}

std::string rejected(const std::string& text) {
  return rejection(ErrorKind::space, [&] { description_from_json(text, "mine.json"); });
}

std::string rejected(const std::string& from, const std::string& to) {
  return rejected(changed(from, to));
}

StagedSpace space_of(const std::string& text) {
  return StagedSpace(described_space_name, description_from_json(text, "mine.json"), fashion_task);
}

const char* const early_kernel = R"("kernel": [3, 5])";

}  // namespace

TEST_CASE("the worked example is that of the format's documentation") {
  const std::string document = file_content(FORMAT_DOCUMENT);
  const std::size_t begin = document.find("```json\n") + 8;
  CHECK(document.substr(begin, document.find("```", begin) - begin) == example_description());
}

TEST_CASE("the worked example has the documented decisions and size") {
  const StagedSpace space = space_of(example_description());
  std::vector<std::string> names;
  for (const Decision& decision : space.decisions()) names.push_back(decision.name);
  CHECK(names == std::vector<std::string>{
                     "stem.width", "normal.in-a", "normal.in-b", "early.depth", "early.layer1.op",
                     "early.layer1.kernel", "early.layer2.op", "early.layer2.kernel",
                     "middle.width", "middle.expansion", "middle.layer1.se", "middle.layer2.se"});
  CHECK(size_digits(space) == "4608");
  CHECK(count_by_enumeration(space) == 4608);
  Random random(derive_seed(1, "example"));
  for (int i = 0; i < 50; ++i) check_complete(space.build(space.sample(random)));
}

TEST_CASE("the built-in staged spaces survive being written down") {
  for (const char* name :
       {"described", "mbconv", "mcunet", "mnasnet", "ofa", "proxyless", "spos"}) {
    CAPTURE(name);
    const SpaceEntry& entry = search_space(name);
    const auto space = entry.make(fashion_task, OptionValues(name, entry.options, {}));
    const auto& built_in = dynamic_cast<const StagedSpace&>(*space);
    const StagedSpace written = space_of(description_to_json(built_in.description()));
    CHECK(size_digits(written) == size_digits(built_in));
    Random random(derive_seed(4, name));
    for (int i = 0; i < 10; ++i) {
      const Genotype genotype = built_in.sample(random);
      CHECK(written.build(genotype) == built_in.build(genotype));
    }
  }
}

TEST_CASE("what is not JSON is told with its line") {
  // What follows is the parser's, whose words differ between versions.
  CHECK_THAT(rejected(""), Catch::StartsWith("mine.json:1: this is not JSON: "));
  CHECK_THAT(rejected("{\n\"schema\": \"nas.space\",\n}"),
             Catch::StartsWith("mine.json:3: this is not JSON: "));
  CHECK_THAT(rejected(R"("version": 1,)", R"("version": 1)"),
             Catch::StartsWith("mine.json:4: this is not JSON: "));
  CHECK(rejected("[]") == "mine.json:1: the description is 'an array' but must be an object");
}

TEST_CASE("values of another kind are told with what they must be") {
  CHECK(rejected(std::string(100, '[')) ==
        "mine.json:1: more than 32 arrays and objects inside of each other");
  CHECK(rejected(R"("name": "early")", R"("name": "early.1")") ==
        "mine.json:9: stages[0].name is 'early.1' but must be a name of letters, digits and "
        "underscores");
  CHECK(rejected(R"("stem": {"width": [8, 16], "stride": 1})", R"("stem": {"stride": 1})") ==
        "mine.json:6: stem.width is missing");
}

TEST_CASE("names and words that nobody knows are told with the nearest") {
  CHECK_THAT(rejected(R"("convolution",)", R"("convolutoin",)"),
             Catch::StartsWith("mine.json:14: stages[0].op[0] is 'convolutoin' but must be a known "
                               "word; did you mean 'convolution'?"));
  CHECK_THAT(rejected(early_kernel, R"("kernl": [3, 5])"),
             Catch::StartsWith("mine.json:18: stages[0].kernl is not known here; did you mean "
                               "'kernel'?"));
  CHECK_THAT(rejected(R"(["skip", "separable_3x3"])", R"(["skip", "seperable_3x3"])"),
             Catch::StartsWith("mine.json:37: cells[0].edges[0].ops[1] is 'seperable_3x3' but"));
  CHECK_THAT(rejected(R"("cell": "normal")", R"("cell": "normla")"),
             Catch::StartsWith("mine.json:29: stage 'late': there is no cell 'normla'; did you "
                               "mean 'normal'?"));
  CHECK_THAT(rejected(R"({"from": "a", "to": "b")", R"({"from": "a", "to": "c")"),
             Catch::StartsWith("mine.json:39: cell 'normal': there is no node 'c'"));
}

TEST_CASE("empty and repeated choices are rejected") {
  CHECK(rejected(early_kernel, R"("kernel": [])") ==
        "mine.json:18: stages[0].kernel is an empty choice; give at least one value");
  CHECK(rejected(early_kernel, "\"kernel\": [3,\n5,\n3]") ==
        "mine.json:20: stages[0].kernel[2] repeats '3'; a choice names each value once");
  CHECK(rejected(R"({"schema": "nas.space", "version": 1, "name": "none",
                     "stem": {"width": 8},
                     "stages": []})") == "mine.json:3: stages is empty; give at least one");
}

TEST_CASE("duplicate names are rejected") {
  CHECK(rejected(R"("name": "middle")", R"("name": "early")") ==
        "mine.json:20: the name 'early' is taken by another stage");
  CHECK(rejected(R"("name": "mb3")", R"("name": "convolution")") ==
        "mine.json:15: stages[0].op[1] repeats 'convolution'; a choice names each value once");
  CHECK(rejected(R"("nodes": ["a", "b"])", R"("nodes": ["a", "a", "b"])") ==
        "mine.json:32: the name 'a' is taken by another node");
  CHECK(rejected(R"("schema": "nas.space",)", "\"schema\": \"nas.space\",\n\"schema\": 1,") ==
        "mine.json:3: 'schema' is there twice; a name may occur once in an object");
}

TEST_CASE("values out of range are rejected") {
  CHECK(rejected(early_kernel, R"("kernel": [3, 33])") ==
        "mine.json:18: stages[0].kernel[1] is '33' but must be a whole number between 1 and 31");
  CHECK(rejected(early_kernel, R"("kernel": [3, 4])") ==
        "mine.json:18: stages[0].kernel[1] is '4' but must be odd");
  CHECK(rejected(R"("width": 16)", R"("width": 16.5)") ==
        "mine.json:11: stages[0].width is '16.5' but must be a whole number between 1 and 65536");
  CHECK(rejected(R"("se": [0, 0.25])", R"("se": [0, 1.25])") ==
        "mine.json:26: stages[1].se[1] is '1.25' but must be a number between 0 and 1");
  CHECK(rejected(R"("dropout": 0.1)", R"("dropout": "much")") ==
        "mine.json:45: classifier.dropout is 'much' but must be a number between 0 and 0.99");
  CHECK(rejected(R"("version": 1)", R"("version": 2)") ==
        "mine.json:3: version is '2' but must be 1");
  CHECK(rejected(R"("depth": [1, 2])", R"("depth": {"per": "layer", "of": [1, 2]})") ==
        "mine.json:10: stages[0].depth is chosen per layer but can be only per stage: it belongs "
        "to all layers");
}

TEST_CASE("groups must divide channels") {
  CHECK(rejected(early_kernel, "\"kernel\": 3,\n\"groups\": 3") ==
        "mine.json:19: stage 'early': groups '3' must divide the 8 of its input channels");
  description_from_json(changed(early_kernel, R"("groups": 8, "kernel": 3)"), "mine.json");
}

TEST_CASE("cycles are rejected, at the last of their edges") {
  CHECK(rejected(R"({"from": "a", "to": "b", "ops": "convolution_3x3"})",
                 "{\"from\": \"a\", \"to\": \"b\", \"ops\": \"convolution_3x3\"},\n"
                 "{\"from\": \"b\", \"to\": \"a\", \"ops\": \"skip\"}") ==
        "mine.json:40: cell 'normal': its edges make a cycle: a -> b -> a; edges must lead from "
        "the inputs onwards");
  CHECK_THAT(rejected(R"("output": "b")", R"("output": "a")"),
             Catch::Contains("nothing leads from 'b' to the output"));
}

TEST_CASE("a stride that kills the resolution is rejected, at its line") {
  SpaceDescription description = description_from_json(example_description(), "mine.json");
  const auto make = [&] { StagedSpace("described", description, {{1, 4, 4}, 10}); };
  CHECK(rejection(ErrorKind::space, make) ==
        "mine.json:29: stage 'late': stride '2' has nothing left to halve: images of 1x4x4 come "
        "here with a side of 1 pixel; give larger images or fewer strides of 2");
}

TEST_CASE("identities need a choice, shuffle units channels that fit") {
  CHECK_THAT(rejected(R"("expansion": {"per": "stage", "of": [2, 4]})", R"("op": "zero")"),
             Catch::StartsWith("mine.json:25: stage 'middle': an identity must be one of several"));
  CHECK_THAT(rejected(R"("width": [24, 32])", R"("op": "shuffle", "width": [24, 16])"),
             Catch::Contains("stage 'middle': width '16' must be more than the 16 channels of its "
                             "input, for a shuffle unit of stride 2"));
}

TEST_CASE("the cell of NAS-Bench-201 in a description") {
  const StagedSpace space = space_of(R"({
    "schema": "nas.space", "version": 1, "name": "nb201",
    "stem": {"width": 16, "stride": 1},
    "stages": [{"cell": "cell", "depth": 1, "width": 16},
               {"cell": "cell", "depth": 1, "width": 32, "stride": 2}],
    "cells": [{"name": "cell", "inputs": ["0"], "nodes": ["3", "1", "2"], "output": "3", "edges": [
      {"from": "0", "to": "1", "ops": ["none", "skip", "convolution_1x1", "convolution_3x3", "average_pool_3x3"]},
      {"from": "0", "to": "2", "ops": ["none", "skip", "convolution_1x1", "convolution_3x3", "average_pool_3x3"]},
      {"from": "1", "to": "2", "ops": ["none", "skip", "convolution_1x1", "convolution_3x3", "average_pool_3x3"]},
      {"from": "0", "to": "3", "ops": ["none", "skip", "convolution_1x1", "convolution_3x3", "average_pool_3x3"]},
      {"from": "1", "to": "3", "ops": ["none", "skip", "convolution_1x1", "convolution_3x3", "average_pool_3x3"]},
      {"from": "2", "to": "3", "ops": ["none", "skip", "convolution_1x1", "convolution_3x3", "average_pool_3x3"]}
    ]}]})");
  CHECK(size_digits(space) == "15625");
  Random random(derive_seed(2, "cells"));
  for (int i = 0; i < 50; ++i) check_complete(space.build(space.sample(random)));
}

TEST_CASE("cells of two inputs with a reduction cell") {
  const StagedSpace space = space_of(R"({
    "schema": "nas.space", "version": 1, "name": "darts",
    "weights": "elastic",
    "stem": {"width": 8, "stride": 1},
    "stages": [{"cell": "normal", "depth": 2, "width": [8, 12]},
               {"cell": "normal", "depth": [1, 2], "width": 16, "stride": 2, "reduction_cell": "reduction"},
               {"cell": "normal", "depth": 2, "width": 24, "stride": 2}],
    "cells": [{"name": "normal", "inputs": ["k_2", "k_1"], "nodes": ["a", "b"], "output": ["a", "b"], "edges": [
                {"from": "k_2", "to": "a", "ops": ["skip", "dilated_3x3"]},
                {"from": "k_1", "to": "a", "ops": "max_pool_3x3"},
                {"from": "a", "to": "b", "ops": ["none", "separable_5x5"]},
                {"from": "k_1", "to": "b", "ops": "skip"}]},
              {"name": "reduction", "inputs": ["k_2", "k_1"], "nodes": ["a"], "output": "a", "edges": [
                {"from": "k_2", "to": "a", "ops": ["skip", "none", "dilated_5x5", "convolution_3x3"]},
                {"from": "k_1", "to": "a", "ops": ["average_pool_3x3", "separable_7x7"]}]}]})");
  CHECK(size_digits(space) == "128");
  space.enumerate([&](const Genotype& genotype) {
    const Architecture net = space.build(genotype);
    check_complete(net);
    CHECK(net.shape(net.inputs(net.inputs(net.outputs().front()).front()).front()) ==
          Shape{48, 7, 7});
    return true;
  });
}
