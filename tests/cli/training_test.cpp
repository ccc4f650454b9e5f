// Runs that really train, on data that train in a moment.

#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/cli/tiny_data.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

/// Far more epochs than anybody would wait for: only a signal ends them.
const std::string endless = "100000";

Words training_run(const TemporaryDirectory& directory, const std::string& name,
                   const Words& more = {}, const std::string& final_epochs = "2") {
  Words words = {"run",
                 "--data",
                 (directory.path() / "data").string(),
                 "--out",
                 (directory.path() / name).string(),
                 "--trials",
                 "4",
                 "--seed",
                 "7",
                 "--set",
                 "train.batch_size=16",
                 "--set",
                 "mbconv.max_depth=1",
                 "--final-epochs",
                 final_epochs,
                 "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// What two equal runs have in common.
nlohmann::json result_of(const Outcome& outcome) {
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  nlohmann::json object = outcome.json();
  for (nlohmann::json& trial : object["trials"]) trial.erase("seconds");
  return {
      {"trials", object.at("trials")}, {"best", object.at("best")}, {"final", object.at("final")}};
}

nlohmann::json environment_of(const fs::path& run) {
  std::ifstream in(run / "run.json");
  return nlohmann::json::parse(in).at("environment");
}

/// The same, with every value that is no object left out.
nlohmann::json fields_of(const nlohmann::json& object) {
  nlohmann::json fields = nlohmann::json::object();
  for (const auto& [name, value] : object.items()) {
    fields[name] = value.is_object() ? fields_of(value) : nullptr;
  }
  return fields;
}

TEST_CASE("the number of jobs changes neither trials nor final training nor weights") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const nlohmann::json one =
      result_of(nas_program(training_run(directory, "one", {"--jobs", "1"})));
  const nlohmann::json two =
      result_of(nas_program(training_run(directory, "two", {"--jobs", "2"})));
  CHECK(one == two);
  CHECK(one.at("final").at("test_accuracy").is_number());
  CHECK(one.at("final").at("repeats") == 1);
  const std::string weights = file_content(directory.path() / "one/best/weights.safetensors");
  CHECK_FALSE(weights.empty());
  CHECK(weights == file_content(directory.path() / "two/best/weights.safetensors"));
}

TEST_CASE("the final training of a run's best, again, gives the weights that were kept") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  result_of(nas_program(training_run(directory, "run")));
  const std::string run = (directory.path() / "run").string();
  const std::string weights = (directory.path() / "again.safetensors").string();
  const Words again = {"eval", run, "--final", "--save-weights", weights, "--json"};
  const Outcome outcome = nas_program(again);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const nlohmann::json final = nas_program({"show", run, "--json"}).json().at("final");
  CHECK(outcome.json().at("metrics").at("test_accuracy") == final.at("test_accuracy"));
  const std::string kept = file_content(fs::path(run) / "best/weights.safetensors");
  CHECK(file_content(weights) == kept);

  check_rejected(again, 9, "exists already; --force replaces it");
  Words forced = again;
  forced.insert(forced.end(), {"--force", "--seed", "9"});
  CHECK(nas_program(forced).code == 0);
  CHECK(file_content(weights) != kept);
}

TEST_CASE("a final training wants an estimator that has one, and options that go with it") {
  const TemporaryDirectory directory;
  const std::string genotype =
      nas_program({"space", "sample", "mbconv", "--json"}).json()["samples"][0]["genotype"].dump();
  const auto eval = [&](Words words) {
    words.insert(words.begin(), {"eval", "--genotype", genotype});
    return words;
  };
  check_rejected(eval({"--estimator", "constant", "--final"}), 2, "there is no final training");
  check_rejected(eval({"--save-weights", "w.safetensors"}), 2, "--save-weights goes with --final");
  check_rejected(eval({"--final-epochs", "2"}), 2, "--final-epochs goes with --final");
  check_rejected(eval({"--final", "--force"}), 2, "--force goes with --save-weights");
  check_rejected(eval({"--final", "--final-epochs", "0"}), 2, "takes more than none");
}

TEST_CASE("the optimiser and its settings are listed, chosen and recorded") {
  const Outcome info = nas_program({"plugin", "info", "train"});
  for (const char* option : {"train.optimizer", "sgd|adam|adamw|rmsprop", "train.beta1",
                             "train.clip_norm", "train.schedule", "cosine|steps"}) {
    CHECK(contains(info.out, option));
  }
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const Words adam = {"--set", "train.optimizer=adamw", "--set", "train.learning_rate=0.002",
                      "--set", "train.clip_norm=5",     "--set", "train.schedule=steps"};
  result_of(nas_program(training_run(directory, "run", adam, "0")));
  const nlohmann::json recorded =
      nlohmann::json::parse(file_content(directory.path() / "run/run.json"))
          .at("config")
          .at("options")
          .at("train");
  CHECK(recorded.at("optimizer") == "adamw");
  CHECK(recorded.at("clip_norm") == "5");
  CHECK(recorded.at("schedule") == "steps");
  CHECK(recorded.at("beta2") == "0.999");
}

TEST_CASE("DNNL_MAX_CPU_ISA limits the instruction set that a run uses and records") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  struct Limit {
    const char* value;
    const char* recorded;
    bool is_here;
  };
  const Limit limits[] = {{"AVX2", "avx2", __builtin_cpu_supports("avx2") != 0},
                          {"AVX", "avx", __builtin_cpu_supports("avx") != 0},
                          {"SSE41", "sse41", __builtin_cpu_supports("sse4.1") != 0}};
  for (const Limit& limit : limits) {
    if (!limit.is_here) continue;
    const Outcome outcome = nas_program(training_run(directory, limit.value),
                                        {.environment = {{"DNNL_MAX_CPU_ISA", limit.value}}});
    INFO(limit.value << ": " << outcome.err);
    REQUIRE(outcome.code == 0);
    CHECK(environment_of(directory.path() / limit.value).at("instruction_set") == limit.recorded);
  }
}

TEST_CASE("the environment that the format document shows has the fields of a run's") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  REQUIRE(nas_program(training_run(directory, "run", {}, "0")).code == 0);
  const std::string document = file_content(NAS_FORMAT_DOCUMENT);
  const std::string fence = "```json\n";
  const std::size_t begin = document.find(fence) + fence.size();
  const nlohmann::json shown =
      nlohmann::json::parse(document.substr(begin, document.find("```", begin) - begin));
  CHECK(fields_of(shown.at("environment")) == fields_of(environment_of(directory.path() / "run")));
}

TEST_CASE("finalists are chosen by validation and tested over their repeats") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const nlohmann::json result = result_of(
      nas_program(training_run(directory, "run", {"--finalists", "2", "--final-seeds", "2"})));
  const nlohmann::json& final = result.at("final");
  CHECK(final.at("repeats") == 2);
  CHECK(final.contains("val_accuracy"));
  CHECK(final.contains("test_accuracy"));
  CHECK(final.at("deviation").contains("test_accuracy"));
  CHECK(result.at("best").at("trial") == final.at("trial"));
  CHECK(fs::exists(directory.path() / "run/best/weights.safetensors"));
}

TEST_CASE("a run interrupted in its final training ends with the same networks") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  // With one finalist, whose repeats are tested as they end, and with several. The further
  // trainings last long enough for the signal to come before their end.
  const std::vector<std::string> finalists = {"1", "2"};
  const std::vector<std::string> repeats = {"3", "2"};
  for (std::size_t i = 0; i < finalists.size(); ++i) {
    const std::string number = std::to_string(i);
    const Words more = {"--finalists", finalists[i], "--final-seeds", repeats[i]};
    const Words whole = training_run(directory, "whole" + number, more, "40");
    const nlohmann::json expected = result_of(nas_program(whole));

    const fs::path run = directory.path() / ("run" + number);
    Program program(training_run(directory, run.filename().string(), more, "40"));
    REQUIRE(program.wait_for_message("1 of " + repeats[i] + " done"));
    program.signal(SIGKILL);
    CHECK(program.wait().code == 128 + SIGKILL);
    CHECK(result_of(nas_program({"resume", run.string(), "--json"})) == expected);
    CHECK(file_content(run / "best/weights.safetensors") ==
          file_content(directory.path() / ("whole" + number) / "best/weights.safetensors"));
  }
}

TEST_CASE("the final training says how far it is where stderr is no terminal") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const Outcome outcome = nas_program(training_run(directory, "run", {}, "40"));
  REQUIRE(outcome.code == 0);
  CHECK(contains(outcome.err, "final training of trial "));
  CHECK(contains(outcome.err, " %"));
  CHECK(contains(outcome.err, " · eta "));
}

TEST_CASE("trials of a few steps are warned of, with the epochs that it takes") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  // 115 images to train on.
  const Outcome outcome = nas_program(training_run(directory, "run", {"--dry-run"}));
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err,
                 "warning: a trial trains for 7 steps (115 images in batches of 16, 1 "
                 "epoch)"));
  CHECK(contains(outcome.err, "--set train.epochs=8 makes that 50"));
  const Outcome enough =
      nas_program(training_run(directory, "run", {"--dry-run", "--set", "train.epochs=8"}));
  CHECK_FALSE(contains(enough.err, "warning"));
}

TEST_CASE("eval of a run measures as the run did, on its data, with its options") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const std::string run = (directory.path() / "run").string();
  const nlohmann::json recorded = result_of(nas_program(training_run(directory, "run")));
  const auto measured = [&](const Words& more) {
    Words words = {"eval", run, "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = nas_program(words);
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    return outcome.json().at("metrics");
  };
  CHECK(measured({}) == recorded.at("best").at("metrics"));
  const nlohmann::json other = measured({"--seed", "1"});
  CHECK(other.at("macs") == recorded.at("best").at("metrics").at("macs"));
  CHECK(other.at("train_loss") != recorded.at("best").at("metrics").at("train_loss"));
  CHECK(measured({"--set", "train.epochs=3"}).at("train_loss") !=
        recorded.at("best").at("metrics").at("train_loss"));
  CHECK(measured({"--estimator", "constant"}).at("val_accuracy") == 0.5);
}

TEST_CASE("Ctrl-C stops the final training at once, resumable") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const fs::path run = directory.path() / "run";
  Program program(training_run(directory, "run", {"--final-seeds", "2"}, endless));
  REQUIRE(program.wait_for_message("final training begins"));
  program.signal(SIGINT);
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 130);
  CHECK(contains(outcome.err, "interrupted during the final training"));
  CHECK(nas_program({"show", run.string(), "--json"}).json().at("trials").size() == 4);
}

TEST_CASE("without final training there are no weights and no test accuracy") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const nlohmann::json result = result_of(nas_program(training_run(directory, "run", {}, "0")));
  CHECK(result.at("final").is_null());
  CHECK_FALSE(fs::exists(directory.path() / "run/best/weights.safetensors"));
}

TEST_CASE("a run whose data have changed is not resumed") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const fs::path run = directory.path() / "run";
  Program long_run(training_run(directory, "run", {}, endless));
  REQUIRE(long_run.wait_for_message("final training begins"));
  long_run.signal(SIGKILL);
  long_run.wait();
  std::string images = idx_images(32);
  images.back() = static_cast<char>(images.back() ^ 1);
  directory.write("data/t10k-images-idx3-ubyte", images);
  check_rejected({"resume", run.string()}, 8, "the data have changed since the run started");
}

TEST_CASE("a memory limit fails the trials that plan for more") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const Outcome limited = nas_program(training_run(directory, "run", {"--memory-limit", "1k"}));
  CHECK(limited.code == 5);
  const nlohmann::json run = limited.json();
  for (const nlohmann::json& trial : run.at("trials")) {
    CHECK(trial.at("status") == "failed");
  }
}

}  // namespace
}  // namespace nas
