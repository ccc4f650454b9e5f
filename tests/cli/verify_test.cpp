// Whether `nas verify` finds a run as it is, and finds what has been changed in one.

#include <fstream>
#include <map>
#include <unistd.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/cli/small_table.hpp"
#include "tests/cli/tiny_data.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

/// Trains eight networks of 8 x 8 pixels, and the best for another epoch.
fs::path trained_run(const TemporaryDirectory& directory,
                     const Words& search = {"--strategy", "random", "--trials", "8"}) {
  const fs::path run = directory.path() / "run";
  Words words = {"run",
                 "--data",
                 write_tiny_data(directory).string(),
                 "--set",
                 "train.train_images=96",
                 "--set",
                 "train.batch_size=16",
                 "--max",
                 "macs=none",
                 "--final-epochs",
                 "1",
                 "--out",
                 run.string(),
                 "--quiet"};
  words.insert(words.end(), search.begin(), search.end());
  const Outcome outcome = nas_program(words);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  return run;
}

Outcome verify(const fs::path& run, const Words& more = {}, const Surroundings& around = {}) {
  Words words = {"verify", run.string(), "--quiet"};
  words.insert(words.end(), more.begin(), more.end());
  return nas_program(words, around);
}

void change(const fs::path& run, const std::string& sql) {
  SQLite::Database database((run / "trials.sqlite").string(), SQLite::OPEN_READWRITE);
  database.exec(sql);
}

void overwrite(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// Every file with its content, and when it was last written.
using Content = std::map<fs::path, std::pair<fs::file_time_type, std::string>>;
Content content_of(const fs::path& directory) {
  Content content;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    content[entry.path()] = {entry.last_write_time(),
                             entry.is_regular_file() ? file_content(entry.path()) : ""};
  }
  content[directory] = {fs::last_write_time(directory), ""};
  return content;
}

void check_differs(const fs::path& run, const std::string& first, const Words& more = {}) {
  const Content before = content_of(run);
  const Outcome outcome = verify(run, more);
  INFO(outcome.out << outcome.err);
  CHECK(outcome.code == 7);
  CHECK(contains(outcome.err, "is not verified: " + first));
  CHECK(contains(outcome.out, "Not verified: "));
  CHECK(content_of(run) == before);
}

TEST_CASE(
    "a run is verified: trials and final training come out the same, and nothing is written") {
  const TemporaryDirectory directory;
  const fs::path run = trained_run(directory);
  const Content before = content_of(run);
  const Outcome outcome = verify(run, {"--final", "--json"});
  INFO(outcome.out << outcome.err);
  CHECK(outcome.code == 0);
  const nlohmann::json verified = outcome.json();
  CHECK(verified.at("schema") == "nas.verification");
  const nlohmann::json& one = verified.at("runs").at(0);
  CHECK(one.at("verified") == true);
  CHECK(one.at("agreement") == "exact");
  CHECK(one.at("trained_again") == 3);
  CHECK(one.at("first_difference").is_null());
  for (const auto& check : one.at("checks")) {
    INFO(check.dump());
    CHECK(check.at("result") == "ok");
  }
  for (const auto& item : one.at("environment")) CHECK(item.at("differs") == false);
  CHECK(content_of(run) == before);
  CHECK(contains(verify(run, {"--trials", "all"}).out, "Verified: 8 trials trained again"));
}

TEST_CASE("any number of jobs verifies the same trials: the best, the first, the last") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  REQUIRE(nas_program(constant_run(run, {"--trials", "30", "--set", "constant.noise=0.1"})).code ==
          0);
  const auto best = nas_program({"show", run.string(), "--json"}).json().at("best").at("trial");
  const Outcome one = verify(run, {"--csv", "--jobs", "1"});
  CHECK(one.code == 0);
  CHECK(contains(one.out, fmt::format(",trial {},ok,", best.get<int>())));
  CHECK(contains(one.out, ",trial 29,ok,"));
  CHECK(one.out == verify(run, {"--csv", "--jobs", "4"}).out);
}

TEST_CASE("what was changed in a run is found, with the first difference and exit code 7") {
  const TemporaryDirectory directory;
  const fs::path run = trained_run(directory);
  const int best =
      nas_program({"show", run.string(), "--json"}).json().at("best").at("trial").get<int>();
  SECTION("a measured metric, in its last digits") {
    change(run, fmt::format("UPDATE trials SET metrics = json_set(metrics, '$.val_loss', "
                            "json_extract(metrics, '$.val_loss') + 1e-12) WHERE id = {}",
                            best));
    check_differs(run, fmt::format("trial {}: val_loss: recorded ", best));
    CHECK(verify(run, {"--trials", "0"}).code == 0);
  }
  SECTION("what an architecture costs") {
    change(run, "UPDATE trials SET metrics = json_set(metrics, '$.macs', 1.0) WHERE id = 3");
    check_differs(run, "search: trial 3: macs: recorded 1, here ", {"--trials", "0"});
  }
  SECTION("a genotype") {
    change(run,
           "UPDATE trials SET genotype = (SELECT genotype FROM trials WHERE id = 1) WHERE id = 2");
    check_differs(run, "search: trial 2: genotype: recorded [");
  }
  SECTION("a seed") {
    change(run, "UPDATE trials SET seed = '5' WHERE id = 2");
    check_differs(run, "search: trial 2: seed: recorded 5, here ");
  }
  SECTION("a trial that is gone") {
    change(run, "DELETE FROM trials WHERE id = 7");
    check_differs(run, "search: trial 7 is missing");
  }
  SECTION("a number that is none") {
    change(run, "UPDATE trials SET metrics = json_set(metrics, '$.val_loss', 'NaN') WHERE id = 4");
    check_differs(run, "database: trial 4: 'val_loss' is nan, which no run records");
  }
  SECTION("a result of the final training") {
    change(run, "UPDATE finals SET metrics = json_set(metrics, '$.test_accuracy', 0.99)");
    check_differs(run, "final training: test_accuracy: recorded 0.99, here ", {"--final"});
  }
  SECTION("a byte of the weights") {
    std::string bytes = file_content(run / "best" / "weights.safetensors");
    bytes[bytes.size() - 7] = static_cast<char>(bytes[bytes.size() - 7] ^ 1);
    overwrite(run / "best" / "weights.safetensors", bytes);
    check_differs(run, "its weights: '" + (run / "best" / "weights.safetensors").string() +
                           "' is not as it was written");
  }
  SECTION("weights that are cut off") {
    const fs::path file = run / "best" / "weights.safetensors";
    fs::resize_file(file, fs::file_size(file) / 2);
    check_differs(run, "its weights: weights file '" + file.string() + "': ");
  }
  SECTION("the best architecture") {
    const fs::path file = run / "best" / "architecture.json";
    std::string text = file_content(file);
    const std::string kernel = "\"kernel_h\": 3";
    REQUIRE(contains(text, kernel));
    text.replace(text.find(kernel), kernel.size(), "\"kernel_h\": 5");
    overwrite(file, text);
    check_differs(run, "best network: ");
  }
  SECTION("a drawing that is gone") {
    const fs::path file = run / "best" / "architecture.dot";
    fs::remove(file);
    check_differs(run, "best network: '" + file.string() + "' is missing");
  }
  SECTION("the data") {
    directory.write("data/train-labels-idx1-ubyte", idx_labels(128).substr(0, 135) + '\0');
    check_differs(run, "inputs: data: recorded ");
  }
}

TEST_CASE("weights of a version that kept no hash of them are compared with those trained again") {
  const TemporaryDirectory directory;
  const fs::path run = trained_run(directory);
  const fs::path file = run / "best" / "weights.safetensors";
  std::string bytes = file_content(file);
  const std::string key = "content_hash";
  bytes.replace(bytes.find(key), key.size(), "something_so");
  overwrite(file, bytes);
  const Outcome outcome = verify(run, {"--final", "--csv"});
  INFO(outcome.out << outcome.err);
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "its weights,unknown,"));
  CHECK(contains(outcome.out, "final training,ok,"));
  bytes[bytes.size() - 7] = static_cast<char>(bytes[bytes.size() - 7] ^ 1);
  overwrite(file, bytes);
  check_differs(run, "final training: weights: ", {"--final"});
}

TEST_CASE("other libraries are named; whether they matter, training again decides") {
  const TemporaryDirectory directory;
  const fs::path run = trained_run(directory);
  std::string description = file_content(run / "run.json");
  const std::string hash =
      nlohmann::json::parse(description).at("/environment/plugins/estimator/hash"_json_pointer);
  const std::string other(hash.size(), '0');
  description.replace(description.find(hash), hash.size(), other);
  overwrite(run / "run.json", description);
  const Outcome trained = verify(run);
  CHECK(trained.code == 0);
  CHECK(contains(trained.out, "estimator's library"));
  CHECK(contains(trained.out, other));
  check_differs(run, "libraries: estimator's library: recorded " + other, {"--trials", "0"});
}

TEST_CASE("with another instruction set trials are compared within a tolerance, which is said") {
  const TemporaryDirectory directory;
  const fs::path run = trained_run(directory);
  const Surroundings slow{.environment = {{"DNNL_MAX_CPU_ISA", "SSE41"}}};
  const Outcome outcome = verify(run, {"--json"}, slow);
  INFO(outcome.out << outcome.err);
  CHECK(outcome.json().at("runs").at(0).at("agreement") == "tolerated");
  const Outcome text = verify(run, {}, slow);
  CHECK(
      contains(text.out, "Compared within a tolerance, not bit for bit: the instruction set is "));
  change(run,
         "UPDATE trials SET metrics = json_set(metrics, '$.val_accuracy', "
         "json_extract(metrics, '$.val_accuracy') - 0.4)");
  CHECK(verify(run, {}, slow).code == 7);
}

TEST_CASE("trials that continue others, reused and failed ones are verified") {
  const TemporaryDirectory directory;
  SECTION("from checkpoints, with trials that stop early") {
    const fs::path run = trained_run(
        directory, {"--strategy", "hyperband", "--trials", "14", "--set", "train.epochs=4", "--set",
                    "train.early_stopping=median", "--set", "train.early_stopping_trials=2"});
    const auto trials = trials_of(run);
    CHECK(std::ranges::any_of(trials, [](const auto& trial) { return trial.contains("parent"); }));
    const Outcome outcome = verify(run, {"--trials", "all"});
    INFO(outcome.out << outcome.err);
    CHECK(outcome.code == 0);
  }
  SECTION("reused ones are proposed again and not trained") {
    directory.write("table.csv", small_table());
    const fs::path run = directory.path() / "codes";
    REQUIRE(nas_program(table_run(directory.path() / "table.csv", run, {"--trials", "20"})).code ==
            0);
    CHECK(verify(run, {"--trials", "all"}).code == 0);
  }
  SECTION("failures fail again") {
    const fs::path run = directory.path() / "run";
    const Outcome made =
        nas_program({"run", "--data", write_tiny_data(directory).string(), "--strategy", "random",
                     "--trials", "5", "--memory-limit", "1", "--out", run.string()});
    REQUIRE(made.code == 5);
    const Outcome outcome = verify(run);
    INFO(outcome.out << outcome.err);
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.out, "fails as it did: "));
  }
}

TEST_CASE("a run that was killed, or depended on the clock, is verified as far as it goes") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  SECTION("killed: its write-ahead log is read, and stays as it is") {
    Program program(constant_run(run, {"--trials", "60", "--jobs", "2", "--set",
                                       "constant.noise=0.1", "--set", "constant.sleep_ms=50"}));
    REQUIRE(wait_for_trials(run, 9));
    program.signal(SIGKILL);
    program.wait();
    REQUIRE(fs::exists(run / "trials.sqlite-wal"));
    const Content before = content_of(run);
    const Outcome outcome = verify(run);
    INFO(outcome.out << outcome.err);
    CHECK(outcome.code == 0);
    CHECK(content_of(run) == before);
  }
  SECTION("asynchronous") {
    REQUIRE(nas_program(constant_run(run, {"--trials", "20", "--async"})).code == 0);
    const Outcome outcome = verify(run);
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.out, "results were told as they came (--async), which does not repeat"));
    change(run, "UPDATE trials SET seed = '5' WHERE id = 2");
    check_differs(run, "search: trial 2: seed: recorded 5, here ");
  }
  SECTION("with a time limit") {
    REQUIRE(nas_program(constant_run(run, {"--trials", "1000", "--time-limit", "1s", "--set",
                                           "constant.sleep_ms=20"}))
                .code == 0);
    CHECK(verify(run).code == 0);
  }
}

TEST_CASE("what cannot be verified is said, with the exit code of what is wrong") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  REQUIRE(nas_program(constant_run(run, {"--trials", "40"})).code == 0);
  const auto check_refused = [&](const fs::path& path, int code, const std::string& message) {
    const Outcome outcome = verify(path);
    INFO(outcome.err);
    CHECK(outcome.code == code);
    CHECK(contains(outcome.err, "cannot be verified: "));
    CHECK(contains(outcome.err, message));
  };
  SECTION("a database that is cut off") {
    fs::resize_file(run / "trials.sqlite", fs::file_size(run / "trials.sqlite") / 2);
    const Content before = content_of(run);
    check_refused(run, 8, "trials.sqlite' is damaged");
    CHECK(content_of(run) == before);
  }
  SECTION("run.json that is cut off") {
    fs::resize_file(run / "run.json", fs::file_size(run / "run.json") / 2);
    check_refused(run, 8, "run.json' is damaged");
  }
  SECTION("a database of another version") {
    change(run, "PRAGMA user_version = 1");
    check_refused(run, 8, "has format version '1'");
  }
  SECTION("no finished trial") {
    change(run, "DELETE FROM trials");
    check_refused(run, 3, "has no finished trial: there is nothing to verify");
  }
  SECTION("a series without run directories") {
    const fs::path series = directory.path() / "series";
    REQUIRE(nas_program(constant_run(series, {"--trials", "5", "--seeds", "1-2", "--summary-only"}))
                .code == 0);
    check_refused(series, 3, "of which the best trials alone are kept");
  }
  SECTION("no run") { check_refused(directory.path() / "none", 8, "there is no run directory"); }
  SECTION("a plugin that is not here") {
    std::string description = file_content(run / "run.json");
    const std::string name = "\"strategy\": \"evolution\"";
    REQUIRE(contains(description, name));
    description.replace(description.find(name), name.size(), "\"strategy\": \"evolutiox\"");
    overwrite(run / "run.json", description);
    check_refused(run, 4, "evolutiox");
  }
  SECTION("a directory that may not be read") {
    if (geteuid() == 0) {
      WARN("root may read everything: left out");
      return;
    }
    fs::permissions(run, fs::perms::none);
    check_refused(run, 9, "Permission denied");
    fs::permissions(run, fs::perms::owner_all);
  }
}

TEST_CASE("all runs of a series are verified, and a difference in one decides") {
  const TemporaryDirectory directory;
  const fs::path series = directory.path() / "series";
  REQUIRE(nas_program(constant_run(series, {"--trials", "10", "--seeds", "1-3", "--set",
                                            "constant.noise=0.1"}))
              .code == 0);
  CHECK(verify(series, {"--json"}).json().at("runs").size() == 3);
  // As a shell gives SERIES/*, and a run twice: each once, and nothing of what lies beside them.
  const Outcome listed =
      verify(series / "series.json",
             {(series / "seed-1").string(), series.string(), "--trials", "0", "--json"});
  CHECK(listed.code == 0);
  CHECK(listed.json().at("runs").size() == 3);
  change(series / "seed-2", "UPDATE trials SET seed = '5' WHERE id = 2");
  fs::remove(series / "seed-3" / "trials.sqlite");
  const Outcome outcome = verify(series);
  CHECK(outcome.code == 7);
  CHECK(contains(outcome.err, "seed-2' is not verified: search: trial 2: seed"));
  CHECK(contains(outcome.err, "seed-3' cannot be verified: "));
}

TEST_CASE("Ctrl-C ends a verification within a trial") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  REQUIRE(nas_program(constant_run(run, {"--trials", "4", "--set", "constant.sleep_ms=1"})).code ==
          0);
  std::string description = file_content(run / "run.json");
  const std::string pause = "\"sleep_ms\": \"1\"";
  REQUIRE(contains(description, pause));
  description.replace(description.find(pause), pause.size(), "\"sleep_ms\": \"3600000\"");
  overwrite(run / "run.json", description);
  Program program({"verify", run.string()});
  REQUIRE(program.wait_for_message("training 3 trials again"));
  program.signal(SIGINT);
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 130);
  CHECK(contains(outcome.out, "Interrupted"));
}

TEST_CASE("a verification that cannot be written is an error that says why") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  REQUIRE(nas_program(constant_run(run, {"--trials", "4"})).code == 0);
  const Outcome outcome =
      nas_program({"verify", run.string(), "--trials", "0"},
                  {.before = [] { return std::freopen("/dev/full", "w", stdout) != nullptr; }});
  CHECK(outcome.code == 9);
  CHECK(contains(outcome.err, "No space left on device"));
}

TEST_CASE("what 'nas verify' does not take is a usage error") {
  check_rejected({"verify"}, 2, "needs runs");
  check_rejected({"verify", "x", "--trials", "-1"}, 2,
                 "--trials '-1': must be a whole number from 0 to 10000000, or 'all'");
}

}  // namespace
}  // namespace nas
