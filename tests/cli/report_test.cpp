// Pages about runs, made by the real program.

#include <fstream>
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/cli/report_runs.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a report is one page about groups of runs") {
  const TemporaryDirectory place;
  const fs::path file = place.path() / "page.html";
  const Outcome outcome =
      nas_program({"report", reported_runs().string(), "-o", file.string(), "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.json().at("runs") == 4);
  CHECK(outcome.json().at("groups") == 2);
  CHECK(outcome.json().at("trials") == 80);
  const std::string page = file_content(file);
  CHECK(outcome.json().at("bytes") == page.size());
  const nlohmann::json data = data_of(page);
  CHECK(data.at("groups") == nlohmann::json{"evolution", "random"});
  CHECK(data.at("trials").at("id").size() == 80);
  CHECK(data.at("decisions").at("decisions").size() == 6);
  CHECK(data.at("tables").size() == 2);
  CHECK(contains(page, "<svg"));
  CHECK(names_in(place.path()) == std::set<std::string>{"page.html"});
}

TEST_CASE("a report is the same however often it is made, and for every number of jobs") {
  const TemporaryDirectory place;
  const fs::path file = place.path() / "page.html";
  Words words = {"report", reported_runs().string(), "-o", file.string()};
  REQUIRE(nas_program(words).code == 0);
  const std::string first = file_content(file);
  words.insert(words.end(), {"--force", "--jobs", "1"});
  REQUIRE(nas_program(words).code == 0);
  CHECK(file_content(file) == first);
}

TEST_CASE("a report goes to stdout where it is asked to") {
  const Outcome outcome = nas_program({"report", reported_runs().string(), "-o", "-"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("<!doctype html>"));
  CHECK(outcome.out.ends_with("</html>\n"));
  check_rejected({"report", reported_runs().string(), "-o", "-", "--json"}, 2, "where --json goes");
}

TEST_CASE("a report replaces nothing unless it is told to, and leaves nothing half-written") {
  const TemporaryDirectory place;
  const fs::path file = place.path() / "page.html";
  const std::string runs = reported_runs().string();
  std::ofstream(file) << "mine";
  check_rejected({"report", runs, "-o", file.string()}, 9, "page.html");
  CHECK(file_content(file) == "mine");
  check_rejected({"report", runs, "-o", (place.path() / "none" / "page.html").string()}, 9, "none");
  check_rejected({"report", runs, "-o", "/dev/full"}, 9, "No space left on device");
  const Outcome small_disk = nas_program({"report", runs, "-o", file.string(), "--force"},
                                         {.environment = {}, .before = [] {
                                            const rlimit limit{100'000, 100'000};
                                            return setrlimit(RLIMIT_FSIZE, &limit) == 0;
                                          }});
  check_rejected(small_disk, 9, "page.html");
  CHECK(file_content(file) == "mine");
  CHECK(names_in(place.path()) == std::set<std::string>{"page.html"});
}

TEST_CASE("a report says what is wrong with its words") {
  check_rejected({"report", reported_runs().string()}, 2, "needs -o FILE.html");
  check_rejected({"report", "-o", "/no/such/page.html"}, 9, "/no/such");
  const TemporaryDirectory place;
  const std::string file = (place.path() / "page.html").string();
  check_rejected({"report", "-o", file}, 2, "needs runs");
  check_rejected({"report", (place.path() / "no-run").string(), "-o", file}, 8, "no-run");
  check_rejected({"report", reported_runs().string(), "-o", file, "--reference", "resnet9"}, 3,
                 "did you mean 'resnet8'");
  check_rejected({"report", reported_runs().string(), "-o", file, "--reference", "resnet8"}, 3,
                 "which trains nothing");
  CHECK(names_in(place.path()).empty());
}

TEST_CASE("runs that measure different things are not reported together unless forced") {
  const TemporaryDirectory place;
  const fs::path other = place.path() / "other";
  REQUIRE(nas_program(constant_run(other)).code == 0);
  const std::string file = (place.path() / "page.html").string();
  const Words words = {"report", reported_runs().string(), other.string(), "-o", file};
  check_rejected(words, 3, "--force goes on");
  Words forced = words;
  forced.emplace_back("--force");
  const Outcome outcome = nas_program(forced);
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err, "differ in what is measured"));
  CHECK(data_of(file_content(file)).at("runs").size() == 5);
}

TEST_CASE("runs of which the best trials alone are kept are left out of a report") {
  const TemporaryDirectory place;
  const fs::path series = place.path() / "series";
  REQUIRE(nas_program({"run", "--space", "nasbench201", "--estimator", "synthetic", "--trials", "5",
                       "--quiet", "--seeds", "1-2", "--summary-only", "--out", series.string()})
              .code == 0);
  check_rejected({"report", series.string(), "-o", (place.path() / "page.html").string()}, 3,
                 "--summary-only");
}

}  // namespace
}  // namespace nas
