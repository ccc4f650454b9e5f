// Reports of runs that are damaged, or have nothing to show.

#include <fstream>
#include <functional>
#include <limits>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "results/trial_store.hpp"
#include "tests/base/file_content.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/cli/report_runs.hpp"
#include "tests/results/mounts.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

/// What can happen to a run directory, and what is said of it.
struct RunDamage {
  const char* name;
  std::function<void(const fs::path& run)> inflict;
  std::string message;
};

void cut_in_half(const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }

const std::vector<RunDamage>& run_damages() {
  static const std::vector<RunDamage> all = {
      {"a database that was cut off", [](auto& run) { cut_in_half(run / "trials.sqlite"); },
       "trials.sqlite' is damaged"},
      {"a description that was cut off", [](auto& run) { cut_in_half(run / "run.json"); },
       "run.json' is damaged"},
      {"no database", [](auto& run) { fs::remove(run / "trials.sqlite"); }, "trials.sqlite'"},
      {"a database of another version",
       [](auto& run) {
         // The user version is a big-endian number at byte 60 of an SQLite file.
         std::fstream database(run / "trials.sqlite",
                               std::ios::in | std::ios::out | std::ios::binary);
         database.seekp(63);
         database.put(9);
       },
       "trials.sqlite' has format version '9'"},
      {"a description of another version",
       [](auto& run) {
         nlohmann::json json = nlohmann::json::parse(file_content(run / "run.json"));
         json["version"] = 99;
         std::ofstream(run / "run.json") << json;
       },
       "run.json' has format version '99'"}};
  return all;
}

TEST_CASE("a report of a damaged run is refused, and nothing is written or replaced") {
  for (const RunDamage& damage : run_damages()) {
    INFO(damage.name);
    const TemporaryDirectory place;
    const fs::path run = place.path() / "run";
    fs::copy(reported_runs() / "random" / "seed-2", run, fs::copy_options::recursive);
    damage.inflict(run);
    fs::create_directory(place.path() / "pages");
    const fs::path file = place.path() / "pages" / "page.html";
    check_rejected({"report", run.string(), "-o", file.string()}, 8, damage.message);
    CHECK(names_in(file.parent_path()).empty());
    std::ofstream(file) << "mine";
    check_rejected({"report", run.string(), "-o", file.string(), "--force"}, 8, damage.message);
    CHECK(file_content(file) == "mine");
    CHECK(names_in(file.parent_path()) == std::set<std::string>{"page.html"});
  }
}

TEST_CASE("a report leaves out runs that cannot be read, and names them") {
  for (const RunDamage& damage : run_damages()) {
    INFO(damage.name);
    const TemporaryDirectory place;
    const fs::path runs = place.path() / "runs";
    fs::copy(reported_runs(), runs, fs::copy_options::recursive);
    damage.inflict(runs / "random" / "seed-2");
    const fs::path file = place.path() / "page.html";
    const Outcome outcome = nas_program({"report", runs.string(), "-o", file.string()});
    INFO(outcome.err);
    CHECK(outcome.code == 8);
    CHECK(contains(outcome.err, damage.message));
    CHECK(contains(outcome.err, "it is left out"));
    const nlohmann::json data = data_of(file_content(file));
    CHECK(data.at("runs").size() == 3);
    REQUIRE(data.at("left_out").size() == 1);
    CHECK(contains(data.at("left_out")[0].at("run"), "seed-2"));
  }
}

// Root may read and write everything: as somebody else.
const Surroundings as_nobody{.before = [] {
  constexpr uid_t nobody = 65534;
  return ::geteuid() != 0 || ::setuid(nobody) == 0;
}};

TEST_CASE("a page where nothing may be written is refused before the runs are read") {
  const TemporaryDirectory place;
  const fs::path file = place.path() / "page.html";
  fs::permissions(place.path(), fs::perms(0555));
  const Outcome outcome = nas_program({"report", "nowhere", "-o", file.string()}, as_nobody);
  fs::permissions(place.path(), fs::perms::owner_all);
  check_rejected(outcome, 9, "cannot write '" + file.string() + "': Permission denied");
}

TEST_CASE("ls tells which run it may not read") {
  const TemporaryDirectory place;
  fs::copy(reported_runs() / "random" / "seed-2", place.path() / "run",
           fs::copy_options::recursive);
  fs::permissions(place.path(), fs::perms::all);
  fs::permissions(place.path() / "run", fs::perms::none);
  const Outcome one = nas_program({"ls", place.path().string()}, as_nobody);
  fs::permissions(place.path() / "run", fs::perms::owner_all);
  fs::permissions(place.path(), fs::perms::owner_all);
  CHECK(one.code == 9);
  CHECK(contains(one.err, (place.path() / "run").string()));
  CHECK(contains(one.err, "Permission denied"));
  CHECK(!contains(one.err, "no runs in"));
}

TEST_CASE("a run directory that may not be read is refused by name") {
  const TemporaryDirectory place;
  const fs::path run = place.path() / "run";
  fs::copy(reported_runs() / "random" / "seed-2", run, fs::copy_options::recursive);
  fs::create_directory(place.path() / "pages");
  const fs::path file = place.path() / "pages" / "page.html";
  fs::permissions(place.path(), fs::perms::all);
  fs::permissions(file.parent_path(), fs::perms::all);
  fs::permissions(run, fs::perms::none);
  const Outcome outcome = nas_program({"report", run.string(), "-o", file.string()}, as_nobody);
  fs::permissions(run, fs::perms::owner_all);
  check_rejected(outcome, 9, run.string());
  CHECK(contains(outcome.err, "Permission denied"));
  CHECK(names_in(file.parent_path()).empty());
}

TEST_CASE("a report of a run that was cut off shows what there is") {
  const TemporaryDirectory place;
  const fs::path run = place.path() / "slow";
  {
    Program program(constant_run(run, {"--trials", "50", "--set", "constant.sleep_ms=30",
                                       "--window", "1", "--jobs", "1", "--final-epochs", "0"}));
    REQUIRE(wait_for_trials(run, 3));
    program.signal(SIGKILL);
    program.wait();
  }
  const fs::path file = place.path() / "page.html";
  const Outcome outcome = nas_program({"report", run.string(), "-o", file.string()});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err, "was interrupted after "));
  const nlohmann::json data = data_of(file_content(file));
  CHECK(data.at("runs")[0].at("status") == "interrupted");
  CHECK(data.at("trials").at("id").size() >= 3);
}

TEST_CASE("a report of a run without a finished trial says so") {
  const TemporaryDirectory place;
  const fs::path file = place.path() / "page.html";
  const fs::path empty = place.path() / "empty";
  {
    Program program(constant_run(empty, {"--set", "constant.sleep_ms=60000"}));
    REQUIRE(wait_for_trials(empty, 0));
    program.signal(SIGKILL);
    program.wait();
  }
  Outcome outcome = nas_program({"report", empty.string(), "-o", file.string()});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(data_of(file_content(file)).at("trials").at("id").empty());
  CHECK(contains(outcome.out, "0 trials"));

  const fs::path failed = place.path() / "failed";
  REQUIRE(nas_program(constant_run(failed, {"--trials", "3", "--set", "constant.fail_every=1",
                                            "--final-epochs", "0"}))
              .code == 5);
  outcome = nas_program({"report", failed.string(), "-o", file.string(), "--force"});
  CHECK(outcome.code == 0);
  CHECK(data_of(file_content(file)).at("trials").at("reason").size() == 3);
}

TEST_CASE("metrics that are no numbers are no points of a report") {
  const TemporaryDirectory place;
  const fs::path run = place.path() / "run";
  REQUIRE(nas_program(constant_run(run, {"--trials", "2", "--final-epochs", "0"})).code == 0);
  {
    TrialStore store(run / "trials.sqlite", TrialStore::Access::write);
    Trial odd = store.load().back();
    odd.id = 2;
    odd.metrics["val_accuracy"] = std::numeric_limits<double>::quiet_NaN();
    odd.metrics["macs"] = std::numeric_limits<double>::infinity();
    store.append(std::vector{odd});
    store.finish();
  }
  const fs::path file = place.path() / "page.html";
  const Outcome outcome = nas_program({"report", run.string(), "-o", file.string()});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  const nlohmann::json data = data_of(file_content(file));
  CHECK(data.at("trials").at("metrics").at("val_accuracy")[1].is_number());
  CHECK(data.at("trials").at("metrics").at("val_accuracy")[2].is_null());
  CHECK(data.at("trials").at("metrics").at("macs")[2].is_null());
  CHECK(data.at("distribution").at("groups")[0].at("trials").get<int>() <= 2);
  CHECK(data.at("runs")[0].at("best") != 2);
}

TEST_CASE("a report on a full disk leaves what was there") {
  const TemporaryDirectory place;
  const fs::path disk = place.path() / "disk";
  fs::create_directory(disk);
  const std::string runs = reported_runs().string();
  const Outcome outcome = nas_program({"report", runs, "-o", (disk / "page.html").string()},
                                      {.environment = {}, .before = [&] {
                                         return own_mounts() && mount_small_disk(disk, "100k");
                                       }});
  if (outcome.code == skipped) {
    WARN("skipped: this system lets the test mount no file system");
    return;
  }
  check_rejected(outcome, 9, "No space left on device");
  CHECK(names_in(disk).empty());
}

}  // namespace
}  // namespace nas
