// Designed networks beside found ones: trained once, kept, and interrupted.

#include <fstream>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/cli/report_runs.hpp"
#include "tests/cli/tiny_data.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

/// A run that trains, and a cache of its own.
class ReferenceFixture {
 protected:
  ReferenceFixture() {
    REQUIRE(nas_program({"run", "--data", write_tiny_data(place).string(), "--trials", "2",
                         "--final-epochs", "1", "--quiet", "--out", run.string()})
                .code == 0);
  }

  Words words(const std::string& page, const std::string& networks) const {
    return {"report", run.string(), "-o", (place.path() / page).string(), "--reference", networks};
  }
  Surroundings surroundings() const {
    return {.environment = {{"XDG_CACHE_HOME", (place.path() / "cache").string()}}};
  }
  nlohmann::json networks_of(const std::string& page) const {
    return data_of(file_content(place.path() / page)).at("references");
  }
  /// Longer trainings, by the description of the run.
  void set_epochs(const std::string& epochs) const {
    nlohmann::json json = nlohmann::json::parse(file_content(run / "run.json"));
    json.at("config").at("options").at("train")["epochs"] = epochs;
    std::ofstream(run / "run.json") << json;
  }

  TemporaryDirectory place;
  fs::path run = place.path() / "run";
  fs::path kept = place.path() / "cache" / "nas" / "references";
};

TEST_CASE_METHOD(ReferenceFixture, "designed networks are trained by the recipe of the run, once") {
  const Outcome outcome = nas_program(words("page.html", "ds-cnn,resnet8"), surroundings());
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(contains(outcome.err, "training ds-cnn (1 of 2) as a trial"));
  CHECK(contains(outcome.err, "nas: resnet8 is trained, val_accuracy "));
  const nlohmann::json networks = networks_of("page.html");
  REQUIRE(networks.size() == 2);
  CHECK(networks[0].at("name") == "ds-cnn");
  for (const char* metric : {"val_accuracy", "test_accuracy", "macs", "params"}) {
    CHECK(networks[1].at("metrics").contains(metric));
  }
  CHECK(names_in(kept).size() == 2);

  const Outcome again = nas_program(words("again.html", "resnet8,ds-cnn"), surroundings());
  CHECK(again.code == 0);
  CHECK(contains(again.err, "nas: resnet8 was trained for an earlier report, val_accuracy "));
  CHECK(!contains(again.err, "training"));
  CHECK(networks_of("again.html")[0] == networks[1]);

  set_epochs("2");
  const Outcome other = nas_program(words("other.html", "resnet8"), surroundings());
  CHECK(other.code == 0);
  CHECK(contains(other.err, "nas: resnet8 is trained"));
  CHECK(names_in(kept).size() == 3);
}

TEST_CASE_METHOD(ReferenceFixture,
                 "what is kept of designed networks may be damaged or unwritable") {
  REQUIRE(nas_program(words("page.html", "ds-cnn"), surroundings()).code == 0);
  const fs::path entry = kept / *names_in(kept).begin();
  for (const char* text : {"", "[]", "{\"schema\":\"nas.reference\",\"version\":1}"}) {
    std::ofstream(entry) << text;
    Words again = words("page.html", "ds-cnn");
    again.emplace_back("--force");
    const Outcome outcome = nas_program(again, surroundings());
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.err, "nas: ds-cnn is trained"));
    CHECK(file_content(entry).size() > 100);
  }
  std::ofstream(place.path() / "file") << "";
  const Outcome outcome =
      nas_program(words("other.html", "ds-cnn"),
                  {.environment = {{"XDG_CACHE_HOME", (place.path() / "file").string()}}});
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err, "what ds-cnn is worth is not kept in '"));
  CHECK(networks_of("other.html").size() == 1);
}

TEST_CASE_METHOD(ReferenceFixture, "Ctrl-C while a designed network is trained ends with 130") {
  set_epochs("100000");
  Program program(words("page.html", "resnet8"), surroundings());
  REQUIRE(program.wait_for_message("training resnet8 (1 of 1) as a trial"));
  program.signal(SIGINT);
  const Outcome outcome = program.wait();
  INFO(outcome.err);
  CHECK(outcome.code == 130);
  CHECK(outcome.out.empty());
  CHECK(!fs::exists(place.path() / "page.html"));
  CHECK(!fs::exists(kept));
}

TEST_CASE_METHOD(ReferenceFixture,
                 "designed networks that cannot be compared are refused before any training") {
  check_rejected(nas_program(words("page.html", "ds-cnn,resnet9"), surroundings()), 3,
                 "did you mean 'resnet8'");
  place.write("data/train-images-idx3-ubyte", idx_images(126));
  place.write("data/train-labels-idx1-ubyte", idx_labels(126));
  check_rejected(nas_program(words("page.html", "ds-cnn"), surroundings()), 3,
                 "is not what the runs were trained on");
  CHECK(!fs::exists(place.path() / "page.html"));
  CHECK(!fs::exists(kept));
}

}  // namespace
}  // namespace nas
