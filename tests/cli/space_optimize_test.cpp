// Choosing the space of a device.

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

Words optimize(const Words& more = {}) {
  Words words = {"space", "optimize",        "mcunet", "--classes",      "100", "-n", "200",
                 "--max", "ram_int8=320KiB", "--max",  "flash_int8=1MiB"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_CASE("all 108 configurations are judged and the one with most MACs is chosen") {
  const Outcome outcome = nas_program(optimize({"--json"}));
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.space.optimize");
  CHECK(object.at("configurations").size() == 108);
  CHECK(object.at("limits").at("ram_int8") == 320 * 1024);
  CHECK(object.at("limits").at("flash_int8") == 1024 * 1024);
  double largest = 0;
  for (const nlohmann::json& one : object.at("configurations")) {
    if (one.at("kept") >= 30) largest = std::max(largest, one.at("macs_mean").get<double>());
  }
  CHECK(object.at("chosen").at("macs_mean") == largest);
  CHECK(object.at("chosen").at("kept") >= 30);
  CHECK(object.at("moves").size() == 10);
  CHECK(object.at("other_memory_model").at("limits").contains("ram_mcunet"));
  const std::string next = object.at("next");
  CHECK(contains(next, "nas run --space mcunet"));
  CHECK(contains(next, "--set mcunet.width="));
  CHECK(contains(next, "--set mcunet.resolution="));
  CHECK(contains(next, "--max ram_int8=327680"));
  CHECK(contains(next, "--max macs=none"));
  CHECK_FALSE(contains(
      nas_program(optimize({"--max", "macs=90M", "--json"})).json().at("next").get<std::string>(),
      "none"));
}

TEST_CASE("equal seeds choose alike, whatever the number of jobs") {
  const nlohmann::json one = nas_program(optimize({"--json", "--jobs", "1"})).json();
  CHECK(one == nas_program(optimize({"--json", "--jobs", "3"})).json());
  CHECK(one != nas_program(optimize({"--json", "--seed", "1"})).json());
}

TEST_CASE("images of one channel cost less in the first convolution, at the same choice") {
  const nlohmann::json three = nas_program(optimize({"--json"})).json();
  const nlohmann::json one = nas_program(optimize({"--json", "--channels", "1"})).json();
  CHECK(three.at("channels") == 3);
  CHECK(one.at("channels") == 1);
  for (std::size_t i = 0; i < one.at("configurations").size(); ++i) {
    const nlohmann::json& member = one.at("configurations")[i];
    const nlohmann::json& other = three.at("configurations")[i];
    if (member.at("kept") != 200 || other.at("kept") != 200) continue;
    // A 3x3 convolution with stride 2 to the stem's channels, of two input channels more.
    const double pixels = std::pow(member.at("resolution").get<double>() / 2, 2);
    const double stem =
        (other.at("macs_mean").get<double>() - member.at("macs_mean").get<double>()) /
        (2 * 9 * pixels);
    CHECK(stem == Approx(std::round(stem / 8) * 8));
    CHECK(std::round(stem) >= 8);
  }
  check_rejected(optimize({"--channels", "0"}), 2, "--channels '0'");
}

TEST_CASE("people see the ranking, the next command and how the choice moves") {
  const Outcome outcome = nas_program(optimize());
  CHECK(outcome.code == 0);
  for (const char* part : {"108 configurations of 200 networks each", "p80 MACs", "chosen: width",
                           "--set mcunet.width", "With one limit changed", "Lin et al. 2020"}) {
    INFO(part);
    CHECK(contains(outcome.out, part));
  }
  const std::string csv = nas_program(optimize({"--csv"})).out;
  CHECK(csv.starts_with("width,resolution,kept,macs_mean,macs_p80"));
  CHECK(std::ranges::count(csv, '\n') == 109);
}

TEST_CASE("without limits the largest configuration is chosen") {
  const nlohmann::json object =
      nas_program({"space", "optimize", "mcunet", "-n", "50", "--json"}).json();
  CHECK(object.at("chosen").at("width") == 1.0);
  CHECK(object.at("chosen").at("resolution") == 224);
  CHECK(object.at("chosen").at("kept") == 50);
  CHECK(object.at("moves").empty());
}

TEST_CASE("the mix layer costs flash and can be left out") {
  const auto kept = [](const Words& more) {
    int sum = 0;
    const nlohmann::json object = nas_program(optimize(more)).json();
    for (const nlohmann::json& one : object.at("configurations")) sum += one.at("kept").get<int>();
    return sum;
  };
  const nlohmann::json without =
      nas_program(optimize({"--json", "--set", "mcunet.mix=false"})).json();
  CHECK(contains(without.at("next"), "--set mcunet.mix=false"));
  CHECK(kept({"--json", "--set", "mcunet.mix=false"}) > kept({"--json"}));
}

TEST_CASE("limits that nothing satisfies are named with the smallest value seen, exit code 6") {
  check_rejected({"space", "optimize", "mcunet", "-n", "20", "--max", "flash_int8=1k"}, 6,
                 "'flash_int8' <= 1000 excludes 2160 of them, and the smallest value seen is");
  check_rejected(optimize({"--min-kept", "201"}), 6, "keeps most, 200");
}

TEST_CASE("what cannot be optimised is refused") {
  check_rejected({"space", "optimize"}, 2, "'nas space optimize' needs NAME");
  check_rejected({"space", "optimize", "mbconv"}, 3, "knows one, 'mcunet'");
  check_rejected(optimize({"--max", "latency_ms=3"}), 3, "unknown metric 'latency_ms' as limit");
  check_rejected(optimize({"--max", "ram"}), 2, "METRIC=VALUE");
  check_rejected({"space", "optimize", "mcunet", "--classes", "0"}, 2, "--classes '0'");
  check_rejected({"space", "optimize", "mcunet", "-n", "many"}, 2, "--count 'many'");
  check_rejected(optimize({"--min-kept", "0"}), 2, "--min-kept '0'");
  check_rejected(optimize({"--set", "mcunet.width=1"}), 3, "width");
}

}  // namespace
}  // namespace nas
