#include "results/run_directory.hpp"

#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/child_process.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;
using Access = RunDirectory::Access;

class RunFixture {
 protected:
  RunDirectory create() const {
    return RunDirectory::create(path, sample_config(), sample_environment());
  }
  std::string refused_to_create(ErrorKind kind) const {
    return rejection(kind, [&] { create(); });
  }
  std::string refused_to_open(Access access = Access::read) const {
    return rejection(ErrorKind::run_directory, [&] { RunDirectory::open(path, access); });
  }
  nlohmann::json description() const {
    std::ifstream in(path / "run.json");
    return nlohmann::json::parse(in);
  }
  void describe(const nlohmann::json& json) const {
    std::ofstream(path / "run.json") << json.dump();
  }

  TemporaryDirectory directory;
  fs::path path = directory.path() / "runs" / "a run";
  std::string quoted = "'" + path.string() + "'";
  std::string quoted_json = "'" + (path / "run.json").string() + "'";
};

TEST_CASE_METHOD(RunFixture, "a run is made with all directories above it, and opened again") {
  {
    RunDirectory run = create();
    run.trials().append(sample_trials(0, 3));
  }
  CHECK(RunDirectory::is_run(path));
  const Access access = GENERATE(Access::read, Access::write);
  const RunDirectory run = RunDirectory::open(path, access);
  CHECK(run.path() == path);
  CHECK(run.config() == sample_config());
  CHECK(run.environment() == sample_environment());
  CHECK(run.trials().count() == 3);
  CHECK(fs::is_directory(run.best()));
  CHECK(run.log_file() == path / "log.txt");
}

TEST_CASE_METHOD(RunFixture, "run.json says what it is, who wrote it and when") {
  create();
  const nlohmann::json json = description();
  CHECK(json.at("schema") == "nas.run-directory");
  CHECK(json.at("version") == 4);
  CHECK_FALSE(json.at("program").get<std::string>().empty());
  const auto created = json.at("created").get<std::string>();
  CHECK(created.size() == std::string("2025-01-31T12:00:00Z").size());
  CHECK(created.ends_with("Z"));
  CHECK(json.at("environment") == sample_environment());
}

TEST_CASE_METHOD(RunFixture, "a run is made in an empty directory that is there") {
  fs::create_directories(path);
  CHECK_NOTHROW(create());
}

TEST_CASE_METHOD(RunFixture, "a run is not made over another") {
  create();
  CHECK(refused_to_create(ErrorKind::run_directory) ==
        quoted + " holds a run already; go on with it by `nas resume " + path.string() +
            "`, or choose another directory");
}

TEST_CASE_METHOD(RunFixture, "a run is not made among other files") {
  directory.write(path / "thesis.tex", "text");
  CHECK(refused_to_create(ErrorKind::run_directory) ==
        quoted + " is not empty (it holds 'thesis.tex'); choose another directory");
  CHECK_FALSE(fs::exists(path / "lock"));
}

TEST_CASE_METHOD(RunFixture, "a run is not made in place of a file") {
  directory.write(path, "text");
  CHECK(refused_to_create(ErrorKind::run_directory) == quoted + " exists and is no directory");
}

TEST_CASE_METHOD(RunFixture, "a run is not made below a file") {
  directory.write(path.parent_path(), "text");
  CHECK_THAT(refused_to_create(ErrorKind::io), Catch::StartsWith("cannot make directory"));
}

TEST_CASE_METHOD(RunFixture, "a run whose making was killed is made again") {
  create();
  const int step = GENERATE(0, 1, 2, 3);
  fs::rename(path / "run.json", path / "run.json.new");
  if (step < 3) fs::remove(path / "run.json.new");
  if (step < 2) fs::remove(path / "best");
  if (step < 1) fs::remove(path / "trials.sqlite");
  CHECK(refused_to_open() == quoted + " holds no run: it has no 'run.json'");
  create();
  CHECK(RunDirectory::open(path, Access::read).trials().count() == 0);
}

TEST_CASE_METHOD(RunFixture, "trials whose run.json was lost are not thrown away") {
  create().trials().append(sample_trials(0, 3));
  fs::remove(path / "run.json");
  CHECK(refused_to_create(ErrorKind::run_directory) ==
        quoted + " has 3 trials but no 'run.json'; restore that file, or choose another directory");
}

TEST_CASE_METHOD(RunFixture, "a run is not opened where there is none") {
  CHECK(refused_to_open() == "there is no run directory " + quoted);
  fs::create_directories(path);
  CHECK(refused_to_open() == quoted + " holds no run: it has no 'run.json'");
  CHECK_FALSE(RunDirectory::is_run(path));
}

TEST_CASE_METHOD(RunFixture, "a run without its database is refused") {
  create();
  fs::remove(path / "trials.sqlite");
  const Access access = GENERATE(Access::read, Access::write);
  const std::string file = "'" + (path / "trials.sqlite").string() + "'";
  CHECK(refused_to_open(access) == file + " is missing");
  directory.write(path / "trials.sqlite", "");
  CHECK(refused_to_open(access) == file + " is empty");
}

TEST_CASE_METHOD(RunFixture, "a run.json that is no JSON is refused by its name") {
  create();
  directory.write(path / "run.json", GENERATE("", "{", "\xff\xfe", "{} {}"));
  CHECK_THAT(refused_to_open(), Catch::StartsWith(quoted_json + " is damaged: "));
}

TEST_CASE_METHOD(RunFixture, "a run.json of something else is refused") {
  create();
  nlohmann::json json = description();
  json["schema"] = "nas.run";
  describe(json);
  CHECK(refused_to_open() == quoted_json +
                                 " has schema 'nas.run', not 'nas.run-directory': it describes no "
                                 "run");
  describe(nlohmann::json::array());
  CHECK(refused_to_open() == quoted_json + ": the whole must be an object, but is '[]'");
}

TEST_CASE_METHOD(RunFixture, "a newer run is refused with the version of nas that reads it") {
  create();
  nlohmann::json json = description();
  json["version"] = 5;
  json["program"] = "7.1.0";
  json["something"] = "new";
  describe(json);
  CHECK_THAT(refused_to_open(), Catch::StartsWith(quoted_json + " has format version '5', and") &&
                                    Catch::Contains("reads version 4; use nas 7.1.0"));
}

TEST_CASE_METHOD(RunFixture, "every field of run.json must be there, of its type, and no other") {
  create();
  const nlohmann::json complete = description();
  for (const auto& [name, value] : complete.items()) {
    nlohmann::json json = complete;
    json.erase(name);
    describe(json);
    CHECK(refused_to_open() == quoted_json + ": field '" + name + "' is missing");
    json[name] = nullptr;
    describe(json);
    CHECK_THAT(refused_to_open(),
               Catch::StartsWith(quoted_json + ": field '" + name + "' must be "));
  }
  nlohmann::json json = complete;
  json["notes"] = "mine";
  describe(json);
  CHECK_THAT(refused_to_open(), Catch::StartsWith(quoted_json + ": unknown field 'notes'"));
}

TEST_CASE_METHOD(RunFixture, "a run that is written is busy for writers and open to readers") {
  RunDirectory run = create();
  run.trials().append(sample_trials(0, 3));
  CHECK(run.in_use());
  CHECK_THAT(refused_to_open(Access::write),
             Catch::StartsWith("run directory " + quoted + " is held by process " +
                               std::to_string(::getpid())));
  const RunDirectory reader = RunDirectory::open(path, Access::read);
  CHECK(reader.trials().count() == 3);
  CHECK(reader.in_use());
}

TEST_CASE_METHOD(RunFixture, "a reader does not keep a writer out") {
  create();
  const RunDirectory reader = RunDirectory::open(path, Access::read);
  CHECK_FALSE(reader.in_use());
  CHECK_NOTHROW(RunDirectory::open(path, Access::write));
}

TEST_CASE_METHOD(RunFixture, "a killed run can be opened for writing at once") {
  ChildProcess child([&](const auto& reporter) {
    RunDirectory run = create();
    run.trials().append(sample_trials(0, 3));
    reporter.line("stored");
    ::pause();
  });
  REQUIRE(child.line() == "stored");
  CHECK_THAT(refused_to_open(Access::write),
             Catch::Contains("process " + std::to_string(child.process()) + " on host '"));
  child.kill();
  CHECK(RunDirectory::open(path, Access::write).trials().count() == 3);
}

TEST_CASE_METHOD(RunFixture, "a run that is moved to keeps its lock, and the old one is released") {
  RunDirectory run = create();
  RunDirectory other =
      RunDirectory::create(directory.path() / "other", sample_config(), sample_environment());
  run = std::move(other);
  CHECK(run.path() == directory.path() / "other");
  CHECK(run.in_use());
  CHECK_FALSE(RunDirectory::open(path, Access::write).trials().count() > 0);
}

TEST_CASE_METHOD(RunFixture, "the unused name has the first number that is free") {
  const fs::path runs = directory.path();
  const auto name = [&] { return RunDirectory::unused_name(runs, "evolution", "mbconv"); };
  CHECK(name() == runs / "evolution-mbconv-1");
  fs::create_directory(runs / "evolution-mbconv-1");
  fs::create_symlink("nowhere", runs / "evolution-mbconv-2");
  directory.write("evolution-mbconv-4", "");
  CHECK(name() == runs / "evolution-mbconv-3");
  CHECK(RunDirectory::unused_name(runs / "nowhere", "random", "mbconv") ==
        runs / "nowhere" / "random-mbconv-1");
}

}  // namespace
}  // namespace nas
