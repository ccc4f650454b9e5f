// Comparing spaces by the errors of their networks.

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

/// Two variants of a space, measured by an estimator that only looks at genotypes.
Words edf(const Words& more = {}) {
  Words words = {"space",
                 "edf",
                 "mbconv:max_depth=2",
                 "mbconv:max_depth=4",
                 "-n",
                 "30",
                 "--estimator",
                 "constant",
                 "--set",
                 "constant.signal=0.3",
                 "--set",
                 "constant.noise=0.02",
                 "--quiet"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::vector<double> errors_of(const nlohmann::json& space) {
  std::vector<double> errors;
  for (const nlohmann::json& sample : space.at("samples")) errors.push_back(sample.at("error"));
  return errors;
}

TEST_CASE("the error of a network is what its accuracy lacks to 1, and its distribution adds up") {
  const Outcome outcome = nas_program(edf({"--json"}));
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.space.edf");
  CHECK(object.at("error") == "1 - val_accuracy");
  REQUIRE(object.at("spaces").size() == 2);
  for (const nlohmann::json& space : object.at("spaces")) {
    std::vector<double> errors = errors_of(space);
    REQUIRE(errors.size() == 30);
    CHECK(space.at("networks") == 30);
    CHECK(space.at("failed") == 0);
    for (const nlohmann::json& sample : space.at("samples")) {
      const double accuracy = sample.at("metrics").at("val_accuracy");
      CHECK(sample.at("error").get<double>() == 1 - accuracy);
    }
    std::ranges::sort(errors);
    CHECK(space.at("min") == errors.front());
    CHECK(space.at("max") == errors.back());
    CHECK(space.at("quantiles").at("0.5") == errors[14]);
    const nlohmann::json& edf_of_space = space.at("edf");
    REQUIRE(edf_of_space.size() == 30);
    CHECK(edf_of_space[0].at("share_below") == 0);
    CHECK(edf_of_space[29].at("share_up_to") == 1);
    CHECK(edf_of_space[15].at("error") == errors[15]);
    CHECK(edf_of_space[15].at("share_below").get<double>() == Approx(0.5));
  }
  REQUIRE(object.at("pairs").size() == 1);
  CHECK(object.at("pairs")[0].at("method") == "exact");
}

TEST_CASE("a space of one's own is compared by its file") {
  const TemporaryDirectory directory;
  const auto file =
      directory.write("mine.json", nas_program({"space", "show", "mnasnet", "--description"}).out);
  const Outcome outcome =
      nas_program({"space", "edf", file.string(), "mnasnet", "-n", "20", "--estimator", "constant",
                   "--objective", "macs", "--quiet", "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("spaces")[0].at("space") == file.string());
  CHECK(object.at("pairs")[0].at("ks") == 0);

  const auto broken = directory.write("broken.json", "{\n  \"schema\": \"nas.space\",\n");
  check_rejected({"space", "edf", broken.string(), "--estimator", "constant"}, 3, "broken.json");
  const std::string missing = (directory.path() / "missing.json").string();
  check_rejected({"space", "edf", missing, "--estimator", "constant"}, 9, "missing.json");
}

TEST_CASE("results do not depend on the number of jobs, nor on the other spaces") {
  const nlohmann::json one = nas_program(edf({"--json", "--jobs", "1"})).json();
  CHECK(one == nas_program(edf({"--json", "--jobs", "4"})).json());
  const nlohmann::json alone =
      nas_program({"space", "edf", "mbconv:max_depth=4", "-n", "30", "--estimator", "constant",
                   "--set", "constant.signal=0.3", "--set", "constant.noise=0.02", "--quiet",
                   "--json"})
          .json();
  CHECK(alone.at("spaces")[0] == one.at("spaces")[1]);
  CHECK(alone.at("pairs").empty());
  CHECK(one != nas_program(edf({"--json", "--seed", "1"})).json());
}

TEST_CASE("a space beside itself differs by nothing") {
  const nlohmann::json object =
      nas_program({"space", "edf", "mbconv", "mbconv", "-n", "20", "--estimator", "constant",
                   "--set", "constant.noise=0.02", "--quiet", "--json"})
          .json();
  CHECK(object.at("pairs")[0].at("ks") == 0);
  CHECK(object.at("pairs")[0].at("p_value") == 1);
}

TEST_CASE("costs are objectives too, in both directions") {
  const auto spaces = [](const std::string& objective) {
    return nas_program({"space", "edf", "mbconv", "-n", "10", "--estimator", "constant",
                        "--objective", objective, "--quiet", "--json"})
        .json();
  };
  const nlohmann::json less = spaces("macs:min");
  CHECK(less.at("error") == "macs");
  const nlohmann::json more = spaces("macs:max");
  CHECK(more.at("error") == "-macs");
  CHECK(more.at("spaces")[0].at("min").get<double>() ==
        -less.at("spaces")[0].at("max").get<double>());
  const nlohmann::json fragments = spaces("fragmentation");
  CHECK(fragments.at("spaces")[0].at("min").get<double>() >= 1);
}

TEST_CASE("limits hold before anything is measured") {
  const nlohmann::json object = nas_program(edf({"--json", "--max", "macs=3M"})).json();
  for (const nlohmann::json& space : object.at("spaces")) {
    for (const nlohmann::json& sample : space.at("samples")) {
      CHECK(sample.at("metrics").at("macs") <= 3'000'000);
    }
  }
  check_rejected(edf({"--max", "params=10"}), 6, "space 'mbconv:max_depth=2': 1000 proposals");
}

TEST_CASE("networks are normalised by complexity on request") {
  const nlohmann::json object = nas_program(edf({"--json", "--by", "macs", "--bins", "2"})).json();
  CHECK(object.at("normalised_by").at("metric") == "macs");
  const double low = object.at("normalised_by").at("low");
  const double high = object.at("normalised_by").at("high");
  for (const nlohmann::json& space : object.at("spaces")) {
    const auto in_range = std::ranges::count_if(space.at("samples"), [&](const auto& sample) {
      const double macs = sample.at("metrics").at("macs");
      return macs >= low && macs <= high;
    });
    CHECK(space.at("normalised").at("networks") == in_range);
  }
  CHECK(object.at("pairs")[0].contains("normalised_ks"));
  check_rejected(edf({"--by", "macs", "--bins", "500"}), 3, "take fewer bins or more networks");
}

TEST_CASE("a decision's best option has an interval") {
  const nlohmann::json object = nas_program(edf({"--json", "--decision", "stage1.width"})).json();
  REQUIRE(object.at("trends").size() == 2);
  for (const nlohmann::json& trend : object.at("trends")) {
    CHECK(trend.at("decision") == "stage1.width");
    CHECK(trend.at("networks") == 30);
    double sum = 0;
    for (const nlohmann::json& option : trend.at("shares")) sum += option.at("share").get<double>();
    CHECK(sum == Approx(1));
    CHECK(trend.at("interval").size() == 2);
  }
  CHECK(contains(nas_program(edf({"--decision", "stage1.width"})).out, "95 % interval"));
  check_rejected(edf({"--decision", "stage1.widht"}), 3,
                 "no space has a decision 'stage1.widht'; did you mean 'stage1.width'?");
}

TEST_CASE("the table shows every space, and the CSV every network") {
  const Outcome text = nas_program(edf());
  CHECK(text.code == 0);
  for (const char* part :
       {"1 - val_accuracy", "mbconv:max_depth=2", "mbconv:max_depth=4", "mean", "KS", "exact"}) {
    INFO(part);
    CHECK(contains(text.out, part));
  }
  const std::string csv = nas_program(edf({"--csv"})).out;
  CHECK(csv.starts_with("space,network,error,share_below,failure,params,macs,"));
  CHECK(std::ranges::count(csv, '\n') == 61);
}

TEST_CASE("the picture is an SVG with a curve a space") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "edf.svg";
  CHECK(nas_program(edf({"-o", file.string()})).code == 0);
  const std::string svg = file_content(file);
  CHECK(contains(svg, "<svg"));
  CHECK(contains(svg, "error (1 - val_accuracy), %"));
  std::size_t curves = 0;
  for (std::size_t at = svg.find("<polyline"); at != std::string::npos;
       at = svg.find("<polyline", at + 1)) {
    ++curves;
  }
  CHECK(curves == 2);
  check_rejected(edf({"-o", file.string()}), 9, "exists");
  CHECK(nas_program(edf({"-o", file.string(), "--force"})).code == 0);
  check_rejected(edf({"-o", "edf.png"}), 2, "must end in '.svg'");
  check_rejected(edf({"-o", (directory.path() / "absent" / "a.svg").string()}), 9,
                 "there is no folder");
}

TEST_CASE("networks that fail are left out and said") {
  const Outcome outcome = nas_program(edf({"--json", "--set", "constant.fail_every=5"}));
  CHECK(outcome.code == 5);
  const nlohmann::json space = outcome.json().at("spaces")[0];
  const int failed = space.at("failed");
  CHECK(failed > 0);
  CHECK(space.at("networks") == 30 - failed);
  CHECK(std::ranges::count_if(space.at("samples"), [](const nlohmann::json& sample) {
          return sample.contains("failure");
        }) == failed);
  CHECK(contains(outcome.err, "could not be measured"));
  check_rejected(edf({"--set", "constant.fail_every=1"}), 3, "none of the 30 networks");
}

TEST_CASE("an interrupt ends the comparison at once, without a result") {
  Program program({"space", "edf", "mbconv", "-n", "1000", "--estimator", "constant", "--set",
                   "constant.sleep_ms=100"});
  REQUIRE(program.wait_for_message("/1000 networks"));
  program.signal(SIGINT);
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 130);
  CHECK(outcome.out.empty());
}

TEST_CASE("what cannot be compared is refused") {
  check_rejected({"space", "edf"}, 2, "needs at least one space");
  check_rejected({"space", "edf", "mbcnov"}, 3, "unknown search space 'mbcnov'");
  check_rejected({"space", "edf", "mbconv:depth"}, 2, "cannot read the space 'mbconv:depth'");
  check_rejected({"space", "edf", ":x=1"}, 2, "cannot read the space ':x=1'");
  check_rejected({"space", "edf", "mbconv:max_dept=2", "--estimator", "constant"}, 3, "max_dept");
  check_rejected({"space", "edf", "mbconv", "-n", "0"}, 2,
                 "--count '0': must be a whole number from 1 to 100000");
  check_rejected(edf({"--objective", "accuracy"}), 3, "unknown metric 'accuracy' as objective");
  check_rejected(edf({"--objective", "macs", "--objective", "params"}), 2, "by one --objective");
  check_rejected(edf({"--by", "size"}), 3, "unknown metric 'size' as complexity");
  check_rejected(edf({"--max", "latency=3"}), 3, "unknown metric 'latency' as limit");
  check_rejected(edf({"--bins", "0"}), 2, "--bins '0'");
  check_rejected({"space", "edf", "mbconv", "--estimator", "constnat"}, 4, "constnat");
}

}  // namespace
}  // namespace nas
