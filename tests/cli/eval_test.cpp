// One given architecture, by genotype or from a file.

#include <catch2/catch.hpp>

#include "tests/cli/rejected.hpp"
#include "tests/cli/tiny_data.hpp"

namespace nas {
namespace {

std::string some_genotype() {
  return nas_program({"space", "sample", "mbconv", "--input", "1x8x8", "--classes", "2", "--json"})
      .json()["samples"][0]["genotype"]
      .dump();
}

/// An architecture for 1 x 28 x 28 and ten classes, to be broken.
nlohmann::json small_architecture() {
  return nlohmann::json::parse(R"({
    "schema": "nas.architecture", "version": 1,
    "nodes": [
      {"name": "image", "op": "input",
       "attributes": {"channels": 1, "height": 28, "width": 28}, "inputs": []},
      {"name": "pool", "op": "global_average_pool", "inputs": ["image"]},
      {"name": "classifier", "op": "linear", "attributes": {"out_features": 10},
       "inputs": ["pool"]}],
    "outputs": ["classifier"]})");
}

Outcome eval_text(const std::string& text, const Words& more = {}) {
  const TemporaryDirectory directory;
  const auto file = directory.write("net.json", text);
  Words words = {"eval", "--estimator", "constant", "--architecture", file.string()};
  words.insert(words.end(), more.begin(), more.end());
  return nas_program(words);
}

TEST_CASE("eval of an architecture from a file gives the estimator's metrics and the costs") {
  const Outcome outcome = eval_text(small_architecture().dump(), {"--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.measurement");
  CHECK(object.at("version") == 1);
  CHECK(object.at("metrics").at("val_accuracy") == 0.5);
  CHECK(object.at("metrics").at("params") == 20);
  CHECK(object.at("metrics").at("macs") == 10);
}

TEST_CASE("eval of a genotype trains it, the same for the same seed") {
  const TemporaryDirectory directory;
  const std::string data = write_tiny_data(directory).string();
  const auto measured = [&](const std::string& seed) {
    const Outcome outcome = nas_program({"eval", "--genotype", some_genotype(), "--data", data,
                                         "--seed", seed, "--set", "train.batch_size=16", "--json"});
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    return outcome.json().at("metrics");
  };
  const nlohmann::json first = measured("1");
  CHECK(first.at("val_accuracy").is_number());
  CHECK(first == measured("1"));
  CHECK(first.at("train_loss") != measured("2").at("train_loss"));
}

TEST_CASE("eval prints a table of metrics") {
  CHECK(contains(eval_text(small_architecture().dump()).out, "val_accuracy"));
  CHECK(contains(eval_text(small_architecture().dump(), {"--csv"}).out, "macs,10\r\n"));
}

TEST_CASE("eval needs one architecture") {
  const std::string message = "needs one of RUN, --genotype";
  check_rejected({"eval", "--estimator", "constant"}, 2, message);
  check_rejected({"eval", "--genotype", "[0]", "--architecture", "x"}, 2, message);
  check_rejected({"eval", "run", "--genotype", "[0]"}, 2, message);
  check_rejected({"eval", "run", "--space", "mbconv"}, 2, "the run's own space, without --space");
}

TEST_CASE("eval of a trial gives the trial's metrics again") {
  const TemporaryDirectory directory;
  const std::string run = (directory.path() / "run").string();
  REQUIRE(nas_program(constant_run(run, {"--trials", "6", "--seed", "4", "--set",
                                         "constant.noise=0.1", "--set", "mbconv.max_depth=2"}))
              .code == 0);
  const nlohmann::json trials = trials_of(run);
  for (const nlohmann::json& trial : trials) {
    const Outcome outcome = nas_program({"eval", run, trial.at("id").dump(), "--json"});
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    CHECK(outcome.json().at("genotype") == trial.at("genotype"));
    CHECK(outcome.json().at("metrics") == trial.at("metrics"));
  }
  // Settings of the environment had their say when the run started.
  CHECK(nas_program({"eval", run, "2", "--json"}, {.environment = {{"NAS_ESTIMATOR", "train"}}})
            .json()
            .at("metrics") == trials.at(2).at("metrics"));
  check_rejected({"eval", run, "6"}, 2, "there is no trial '6'");
  check_rejected({"eval", run, "six"}, 2, "trial 'six': must be a whole number");
}

TEST_CASE("eval of a run without a success asks for a trial") {
  const TemporaryDirectory directory;
  const std::string run = (directory.path() / "run").string();
  nas_program(constant_run(run, {"--trials", "1", "--set", "constant.fail_every=1"}));
  check_rejected({"eval", run}, 2, "has no best architecture yet; name a trial");
}

TEST_CASE("a run stands for its best architecture where a file may be given") {
  const TemporaryDirectory directory;
  const std::string run = (directory.path() / "run").string();
  REQUIRE(nas_program(constant_run(run, {"--trials", "3"})).code == 0);
  const Words words = {"eval", "--estimator", "constant", "--json", "--architecture"};
  Words of_run = words, of_file = words;
  of_run.push_back(run);
  of_file.push_back(run + "/best/architecture.json");
  CHECK(nas_program(of_run).json() == nas_program(of_file).json());
}

TEST_CASE("a genotype of another length, or with answers out of range, is rejected") {
  check_rejected({"eval", "--estimator", "constant", "--genotype", "[0,1]"}, 3,
                 "genotype [0,1] has 2 answers; the space 'mbconv' has");
  nlohmann::json genotype =
      nas_program({"space", "sample", "mbconv", "--json"}).json()["samples"][0]["genotype"];
  genotype[0] = 99;
  check_rejected({"eval", "--estimator", "constant", "--genotype", genotype.dump()}, 3,
                 "answer '99' to decision 0");
}

TEST_CASE("eval takes options of the estimator and of the space only") {
  const Outcome outcome = eval_text(small_architecture().dump(), {"--set", "evolution.sample=2"});
  check_rejected(outcome, 3, "nothing called 'evolution' takes part here");
  check_rejected(eval_text(small_architecture().dump(), {"--set", "constant.valu=2"}), 3,
                 "did you mean 'value'?");
}

TEST_CASE("an estimator that fails ends eval with exit code 5") {
  const Outcome outcome =
      eval_text(small_architecture().dump(), {"--set", "constant.fail_every=1"});
  check_rejected(outcome, 5, "measuring failed: failed on purpose");
}

TEST_CASE("malformed JSON is located by line and column") {
  check_rejected(eval_text("{\"schema\": \"nas.architecture\",\n  oops}"), 3, "at line 2, column");
  check_rejected(eval_text("[]"), 3, "an architecture is a JSON object");
  check_rejected({"eval", "--estimator", "constant", "--architecture", "/nonexistent.json"}, 9,
                 "cannot read '/nonexistent.json'");
}

TEST_CASE("a cyclic architecture names the cycle") {
  nlohmann::json net = small_architecture();
  net["nodes"][1] = {{"name", "a"}, {"op", "relu"}, {"inputs", {"b"}}};
  net["nodes"].push_back({{"name", "b"}, {"op", "relu"}, {"inputs", {"a"}}});
  net["nodes"][2]["inputs"] = {"b"};
  check_rejected(eval_text(net.dump()), 3, "is on a cycle: ");
}

TEST_CASE("shapes that do not fit name the node") {
  nlohmann::json net = small_architecture();
  net["nodes"].push_back({{"name", "sum"}, {"op", "add"}, {"inputs", {"image", "pool"}}});
  net["outputs"] = {"sum"};
  net["nodes"].erase(2);
  check_rejected(eval_text(net.dump()), 3, "node 'sum'");
}

TEST_CASE("unknown ops and attributes suggest the nearest") {
  nlohmann::json net = small_architecture();
  net["nodes"][1]["op"] = "global_avrage_pool";
  check_rejected(eval_text(net.dump()), 3, "did you mean 'global_average_pool'?");
  net = small_architecture();
  net["nodes"][2]["attributes"] = {{"out_feature", 10}};
  check_rejected(eval_text(net.dump()), 3, "did you mean 'out_features'?");
}

TEST_CASE("an architecture for other data is rejected") {
  nlohmann::json net = small_architecture();
  net["nodes"][0]["attributes"]["channels"] = 3;
  check_rejected(eval_text(net.dump()), 3,
                 "reads '3x28x28', and the data have samples of '1x28x28'");
  net = small_architecture();
  net["nodes"][2]["attributes"]["out_features"] = 7;
  check_rejected(eval_text(net.dump()), 3, "gives '7x1x1', and the data have 10 classes");
}

}  // namespace
}  // namespace nas
