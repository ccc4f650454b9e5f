#include "search_spaces/described.hpp"

#include "search_spaces/staged/description_json.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas {
namespace {

constexpr OptionSpec option_table[] = {
    {description_file_option, OptionType::text, "", "Where the description is from, for messages."},
    {description_text_option, OptionType::text, "",
     "The description, as JSON; --space FILE.json gives both."}};

std::unique_ptr<SearchSpace> make_described(const Task& task, const OptionValues& options) {
  const std::string& text = options.text(description_text_option);
  const std::string& file = options.text(description_file_option);
  SpaceDescription description =
      text.empty() ? description_from_json(example_description(), "the example")
                   : description_from_json(text, file.empty() ? "the description" : file);
  return std::make_unique<StagedSpace>(described_space_name, std::move(description), task);
}

}  // namespace

const std::string& example_description() {
  static const std::string text = R"({
  "schema": "nas.space",
  "version": 1,
  "name": "example",
  "description": "Two stages of layers, then one of two cells.",
  "stem": {"width": [8, 16], "stride": 1},
  "stages": [
    {
      "name": "early",
      "depth": [1, 2],
      "width": 16,
      "stride": 2,
      "op": [
        "convolution",
        {"name": "mb3", "op": "inverted_bottleneck", "expansion": 3},
        "identity"
      ],
      "kernel": [3, 5]
    },
    {
      "name": "middle",
      "depth": 2,
      "width": [24, 32],
      "stride": 2,
      "expansion": {"per": "stage", "of": [2, 4]},
      "se": [0, 0.25],
      "activation": "h_swish"
    },
    {"name": "late", "cell": "normal", "depth": 2, "width": 32, "stride": 2}
  ],
  "cells": [
    {
      "name": "normal",
      "inputs": ["in"],
      "nodes": ["a", "b"],
      "edges": [
        {"from": "in", "to": "a", "ops": ["skip", "separable_3x3"]},
        {"from": "in", "to": "b", "ops": ["none", "skip", "average_pool_3x3"]},
        {"from": "a", "to": "b", "ops": "convolution_3x3"}
      ],
      "output": "b"
    }
  ],
  "head": {"width": 64},
  "classifier": {"dropout": 0.1}
}
)";
  return text;
}

SpaceEntry described_space() {
  return {described_space_name,
          "A space of one's own, described in a file: --space FILE.json (search_spaces/FORMAT.md).",
          option_table, make_described};
}

}  // namespace nas
