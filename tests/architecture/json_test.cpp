#include <algorithm>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/architecture/architecture_json.hpp"
#include "tests/architecture/networks.hpp"
#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"

namespace nas {
namespace {

using nlohmann::json;

json example() {
  return json::parse(R"({
    "schema": "nas.architecture", "version": 1,
    "nodes": [
      {"name": "image", "op": "input", "attributes": {"channels": 2, "height": 4, "width": 4},
       "inputs": []},
      {"name": "stem", "op": "convolution", "attributes": {"out_channels": 3},
       "inputs": ["image"]},
      {"name": "sum", "op": "add", "inputs": ["stem", "stem"]}
    ],
    "outputs": ["sum"]})");
}

json& node(json& root, std::size_t index) { return root["nodes"][index]; }

std::string rejected(const json& root) {
  return rejection(ErrorKind::space, [&] { architecture_from_json(root); });
}

TEST_CASE("attributes that are left out have their defaults") {
  const Architecture net = architecture_from_json(example());
  Architecture expected;
  const NodeId image = expected.add(input_op({2, 4, 4}), {}, "image");
  const NodeId stem = expected.add(convolution({.out_channels = 3}), {image}, "stem");
  expected.mark_output(expected.add(Op(OpKind::add), {stem, stem}, "sum"));
  CHECK(net == expected);
}

TEST_CASE("a network is written with all its attributes") {
  const json written = to_json(architecture_from_json(example()));
  CHECK(written["schema"] == "nas.architecture");
  CHECK(written["version"] == 1);
  CHECK(written["nodes"].size() == 3);
  CHECK(written["nodes"][1]["attributes"].size() == 11);
  CHECK(written["nodes"][1]["attributes"]["kernel_h"].is_number_integer());
  CHECK(written["nodes"][2]["inputs"] == json{"stem", "stem"});
  CHECK(written["outputs"] == json{"sum"});
}

Architecture round_trip(const Architecture& net) {
  return architecture_from_json(json::parse(to_json(net).dump()));
}

TEST_CASE("a network that was written is read back exactly") {
  const Architecture mobile = mobilenet_v2();
  CHECK(round_trip(mobile) == mobile);
  Random random(1);
  for (int i = 0; i < 50; ++i) {
    Architecture net = random_network(2 + random.below(20), random);
    const std::size_t nodes = net.size();
    for (NodeId each = 0; each + 1 < nodes; ++each) {
      if (net.consumers(each).empty()) net.mark_output(each);
    }
    CHECK(round_trip(net) == net);
  }
}

TEST_CASE("fractions and odd names survive") {
  Architecture net;
  const NodeId x = net.add(input_op({4}), {}, "Bild \"ä\"\\\n");
  net.mark_output(net.add(Op(OpKind::batch_norm).set("epsilon", 0.1 + 0.2).set("momentum", 1.0 / 3),
                          {x}, "norm"));
  CHECK(round_trip(net) == net);
}

TEST_CASE("nodes may be listed in any order") {
  json root = example();
  std::ranges::reverse(root["nodes"]);
  CHECK(architecture_from_json(root) == architecture_from_json(example()));
}

TEST_CASE("a file of another schema or version is rejected") {
  json root = example();
  root["version"] = 2;
  CHECK(rejected(root) == "'version' is '2' but this program reads version 1");
  root.erase("version");
  CHECK(rejected(root) == "'version' is 'missing' but this program reads version 1");
  root["schema"] = "nas.run";
  CHECK(rejected(root) == "'schema' is '\"nas.run\"' but must be '\"nas.architecture\"'");
  root.erase("schema");
  CHECK(rejected(root) == "'schema' is 'missing' but must be '\"nas.architecture\"'");
  CHECK(rejected(json::array()) == "an architecture is a JSON object");
}

TEST_CASE("an unknown key is rejected with the nearest") {
  json root = example();
  root["output"] = "sum";
  CHECK(rejected(root) ==
        "the architecture: unknown key 'output'; did you mean 'outputs'? "
        "(known: schema, version, nodes, outputs)");
  root = example();
  node(root, 1)["input"] = "image";
  CHECK(rejected(root) ==
        "node 'stem': unknown key 'input'; did you mean 'inputs'? (known: name, "
        "op, attributes, inputs, parameters)");
}

TEST_CASE("an unknown op or attribute is rejected with its node") {
  json root = example();
  node(root, 1)["op"] = "convolutions";
  CHECK(rejected(root).starts_with(
      "node 'stem': unknown op 'convolutions'; did you mean 'convolution'? (known: "));
  root = example();
  node(root, 1)["attributes"]["kernel_z"] = 3;
  CHECK(rejected(root).starts_with(
      "node 'stem': 'convolution' has no attribute 'kernel_z'; did you mean 'kernel_h'?"));
  root = example();
  node(root, 1)["attributes"]["stride_h"] = 0;
  CHECK(rejected(root) ==
        "node 'stem': attribute 'stride_h' of 'convolution' is '0' but must be "
        "between 1 and 1024");
}

TEST_CASE("an attribute that is no number is rejected") {
  json root = example();
  node(root, 1)["attributes"]["bias"] = true;
  CHECK(rejected(root) == "node 'stem': attribute 'bias' is 'true' but must be a number");
  node(root, 1)["attributes"]["bias"] = json::array({1});
  CHECK(rejected(root) == "node 'stem': attribute 'bias' is 'an array' but must be a number");
}

TEST_CASE("a name that is unknown or taken is rejected") {
  json root = example();
  node(root, 1)["inputs"][0] = "imag";
  CHECK(rejected(root) ==
        "node 'stem': unknown node 'imag'; did you mean 'image'? (known: image, stem, sum)");
  root = example();
  root["outputs"] = {"sun"};
  CHECK(rejected(root) ==
        "'outputs': unknown node 'sun'; did you mean 'sum'? (known: image, stem, sum)");
  root = example();
  node(root, 2)["name"] = "stem";
  CHECK(rejected(root) == "node 'stem': the name is already taken");
}

TEST_CASE("a cycle is rejected with the nodes on it") {
  json root = example();
  node(root, 1)["inputs"][0] = "sum";
  CHECK(rejected(root) == "node 'stem' is on a cycle: 'stem' -> 'sum' -> 'stem'");
  root = example();
  node(root, 2)["inputs"][1] = "sum";
  CHECK(rejected(root) == "node 'sum' is on a cycle: 'sum' -> 'sum'");
}

TEST_CASE("a node that only hangs on a cycle is not the one that is named") {
  json root = example();
  node(root, 1)["inputs"][0] = "sum";
  root["nodes"].insert(root["nodes"].begin(),
                       json{{"name", "tail"}, {"op", "relu"}, {"inputs", {"sum"}}});
  CHECK(rejected(root) == "node 'sum' is on a cycle: 'sum' -> 'stem' -> 'sum'");
}

TEST_CASE("shapes that do not fit are rejected with their node") {
  json root = example();
  node(root, 2)["inputs"][1] = "image";
  CHECK(rejected(root) ==
        "node 'sum' (add): input 1 has shape 2x4x4, expected 3x4x4 as of input 0");
}

TEST_CASE("what no output needs is rejected") {
  json root = example();
  root["nodes"].push_back({{"name", "dead"}, {"op", "relu"}, {"inputs", {"image"}}});
  CHECK(rejected(root) == "node 'dead' (relu): no output needs it");
  root = example();
  root["outputs"] = json::array();
  CHECK(rejected(root) == "the architecture has no output");
  root["nodes"] = json::array();
  CHECK(rejected(root) == "the architecture has no input");
  root = example();
  root["outputs"] = {"sum", "sum"};
  CHECK(rejected(root) == "node 'sum': it is marked as an output already");
}

TEST_CASE("members of another type are rejected") {
  json root = example();
  root["nodes"] = 3;
  CHECK(rejected(root) == "'nodes' must be a list of objects");
  root.erase("nodes");
  CHECK(rejected(root) == "'nodes' must be a list of objects");
  root = example();
  root["outputs"] = "sum";
  CHECK(rejected(root) == "'outputs' must be a list of node names");
  root = example();
  node(root, 1) = 3;
  CHECK(rejected(root) == "entry 1 of 'nodes' is no object with a 'name'");
  node(root, 1) = {{"name", ""}};
  CHECK(rejected(root) == "entry 1 of 'nodes' is no object with a 'name'");
  root = example();
  node(root, 1)["inputs"] = {1};
  CHECK(rejected(root) == "node 'stem': 'inputs' must be a list of node names, found '1'");
  node(root, 1).erase("inputs");
  CHECK(rejected(root) == "node 'stem': 'inputs' must be a list of node names");
  node(root, 1)["attributes"] = 3;
  CHECK(rejected(root) == "node 'stem': 'attributes' is no object");
  node(root, 1).erase("op");
  CHECK(rejected(root) == "node 'stem': 'op' is missing or no text");
}

TEST_CASE("a file is read as its text says") {
  const TemporaryDirectory directory;
  const auto file = directory.write("net.json", to_json(mobilenet_v2()).dump(2));
  CHECK(read_architecture(file) == mobilenet_v2());
}

TEST_CASE("a file that is not there, or a directory, cannot be read") {
  const TemporaryDirectory directory;
  for (const auto& file : {directory.path() / "none", directory.path()}) {
    CHECK(rejection(ErrorKind::io, [&] { read_architecture(file); }) ==
          fmt::format("cannot read '{}'", file.string()));
  }
}

TEST_CASE("malformed text is rejected with its file, line and column") {
  const TemporaryDirectory directory;
  const auto why = [&](const std::string& text) {
    const auto file = directory.write("net.json", text);
    const std::string message = rejection(ErrorKind::space, [&] { read_architecture(file); });
    const std::string start = fmt::format("'{}'", file.string());
    REQUIRE(message.starts_with(start));
    return message.substr(start.size());
  };
  CHECK(why("{\n  \"schema\": x\n}").starts_with(" is not valid JSON at line 2, column 13: "));
  CHECK(why("").starts_with(" is not valid JSON at line 1, column 1: "));
  CHECK(why("[1,\n2,\n").starts_with(" is not valid JSON at line 3, column 1: "));
  CHECK(why("{\"version\": 1e400}").find("number overflow") != std::string::npos);
  CHECK(why("{}") == ": 'schema' is 'missing' but must be '\"nas.architecture\"'");
}

}  // namespace
}  // namespace nas
