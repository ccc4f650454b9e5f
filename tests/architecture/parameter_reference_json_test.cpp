#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/architecture/architecture_json.hpp"
#include "tests/architecture/elastic_example.hpp"
#include "tests/base/rejection.hpp"

namespace nas {
namespace {

using nlohmann::json;
using Extents = std::vector<std::int64_t>;

TEST_CASE("references are written where they differ from their default, and read back exactly") {
  Example example = elastic_example();
  example.net.refer(
      example.norm, "running_mean",
      {"odd \"name\"", {6, 2}, {RangeView{.axis = 0, .begin = 1, .count = 2}, ReshapeView{{4}}}});
  const json written = to_json(example.net);
  CHECK_FALSE(written["nodes"][3].contains("parameters"));
  CHECK(written["nodes"][1]["parameters"]["weight"]["shape"] == Extents{8, 1, 7, 7});
  CHECK(written["nodes"][1]["parameters"]["weight"]["views"].size() == 5);
  const Architecture back = architecture_from_json(json::parse(written.dump()));
  CHECK(back == example.net);
  CHECK(to_json(back) == written);
}

TEST_CASE("views and the beginning of a range may be left out") {
  json root = to_json(Example().net);
  root["nodes"][1]["parameters"]["weight"] = {{"name", "shared"}, {"shape", {4, 1, 3, 3}}};
  root["nodes"][3]["parameters"]["weight"] = {
      {"name", "big"},
      {"shape", {8, 1, 3, 3}},
      {"views", {{{"range", {{"axis", 0}, {"count", 4}}}}}}};
  Example expected;
  expected.net.refer(expected.a, "weight", {"shared", {4, 1, 3, 3}, {}});
  expected.net.refer(expected.b, "weight", {"big", {8, 1, 3, 3}, {RangeView{.count = 4}}});
  CHECK(architecture_from_json(root) == expected.net);
}

TEST_CASE("malformed references are rejected with their node and parameter") {
  const json good = to_json(elastic_example().net);
  const std::string in_weight = "node 'a': parameter 'weight': ";
  const auto refused = [&](const char* path, const json& value) {
    json root = good;
    root["nodes"][1]["parameters"][json::json_pointer(path)] = value;
    return rejection(ErrorKind::space, [&] { architecture_from_json(root); });
  };
  CHECK(refused("", 3) == "node 'a': 'parameters' is '3' but must be an object");
  CHECK(refused("/weight", "big") ==
        in_weight + "the reference is '\"big\"' but must be an object");
  CHECK(refused("/weight/size", 3) ==
        in_weight + "the reference: unknown key 'size' (known: name, shape, views)");
  CHECK(refused("/weight/name", "") == in_weight + "'name' is '\"\"' but must be a name");
  CHECK(refused("/weight/name", nullptr) == in_weight + "'name' is 'null' but must be a name");
  CHECK(refused("/weight/shape", 3) ==
        in_weight + "'shape' is '3' but must be a list of whole numbers");
  CHECK(refused("/weight/shape/0", 1.5) ==
        in_weight + "an element of 'shape' is '1.5' but must be a whole number");
  CHECK(refused("/weight/shape/0", 18446744073709551615u) ==
        in_weight +
            "an element of 'shape' is '18446744073709551615' but must be at most "
            "9223372036854775807");
  CHECK(refused("/weight/views", 3) == in_weight + "'views' is '3' but must be a list");
  CHECK(refused("/weight/views/0", 3) ==
        in_weight + "a view is '3' but must be an object with one member");
  CHECK(refused("/weight/views/0", json::object()) ==
        in_weight + "a view is 'an object' but must be an object with one member");
  CHECK(refused("/weight/views/0", {{"center", {5, 5}}}) ==
        in_weight +
            "a view: unknown key 'center'; did you mean 'centre'? (known: range, centre, "
            "transform, reshape)");
  CHECK(refused("/weight/views/0", {{"centre", {5}}}) ==
        in_weight + "'centre' has 1 sizes but must have a height and a width");
  CHECK(refused("/weight/views/0", {{"centre", 5}}) ==
        in_weight + "'centre' is '5' but must be a list of whole numbers");
  CHECK(refused("/weight/views/0", {{"transform", 5}}) ==
        in_weight + "'transform' is '5' but must be a name");
  CHECK(refused("/weight/views/0", {{"range", 5}}) ==
        in_weight + "'range' is '5' but must be an object");
  CHECK(refused("/weight/views/0", {{"range", {{"axis", 0}}}}) ==
        in_weight + "'count' of a range is 'missing' but must be a whole number");
  CHECK(refused("/weight/views/0", {{"range", {{"axis", "0"}, {"count", 1}}}}) ==
        in_weight + "'axis' of a range is '\"0\"' but must be a whole number");
  CHECK(refused("/weight/views/0", {{"range", {{"end", 4}}}}) ==
        in_weight + "'range': unknown key 'end' (known: axis, begin, count)");
  CHECK(refused("/weight/views/4", {{"reshape", "4"}}) ==
        in_weight + "'reshape' is '\"4\"' but must be a list of whole numbers");
  // What is well formed but does not fit is rejected as `refer` does.
  CHECK(
      refused("/weight/shape/0", 3).starts_with("node 'a' (convolution): the reference to 'big'"));
  CHECK(refused("/bias", good["nodes"][1]["parameters"]["weight"])
            .starts_with("node 'a' (convolution): it has no parameter 'bias'"));
}

TEST_CASE("references are drawn") {
  CHECK(to_dot(elastic_example().net).find("\\nweight: big(8, 1, 7, 7), centre 5x5") !=
        std::string::npos);
}

}  // namespace
}  // namespace nas
