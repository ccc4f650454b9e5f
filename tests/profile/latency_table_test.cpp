#include "core/profile/latency_table.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/profile/networks.hpp"

using namespace nas;
using namespace nas::test;
using Catch::Matchers::Contains;

namespace {

/// Sums of a few numbers.
constexpr double rounding = 1e-12;

const Machine machine{
    .cpu = "A CPU, of 2 GHz", .instruction_set = "avx2", .engine = "oneDNN 2.6.3"};

const Pace reference{.chain = 1.875, .stream = 0.5};

/// Every step of the network takes as many microseconds as its place in the order of keys, from 1.
LatencyTable counted(const Architecture& net) {
  LatencyTable table(machine, reference);
  for (const StepKey& key : step_keys(net, {.batch = 1})) table.set(key, {0, 1});
  double microseconds = 0;
  for (const auto& [key, latency] : std::map(table.steps())) table.set(key, {++microseconds, 1});
  return table;
}

std::string rejected(const std::string& content) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "latency.csv";
  std::ofstream(file) << content;
  return rejection(ErrorKind::data, [&] { LatencyTable::read(file); });
}

const std::string header =
    "# nas latency table, version 2\n# cpu: A\n# instruction_set: B\n# engine: C\n# threads: 1\n"
    "# chain_microseconds: 2\n# stream_microseconds: 1\n"
    "work,tensors,microseconds,samples,undisturbed\n";

}  // namespace

TEST_CASE("a network takes as long as its steps together, each as often as it runs") {
  const Architecture net = deep_network();
  const LatencyTable table = counted(net);
  double expected = 0;
  for (const StepKey& key : step_keys(net, {.batch = 1})) {
    expected += table.steps().at(key).microseconds / 1000;
  }
  const LatencyEstimate estimate = table.estimate(net);
  CHECK(estimate.milliseconds == Approx(expected).margin(rounding));
  CHECK(estimate.missing.empty());
}

TEST_CASE("what the table lacks is listed, each step once") {
  const LatencyEstimate estimate = LatencyTable(machine, reference).estimate(deep_network());
  CHECK(estimate.milliseconds == 0);
  const std::vector<StepKey> keys = step_keys(deep_network(), {.batch = 1});
  CHECK(std::set(estimate.missing.begin(), estimate.missing.end()) ==
        std::set(keys.begin(), keys.end()));
  CHECK(estimate.missing.size() < keys.size());
}

TEST_CASE("a table that is written and read is the same") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "latency.csv";
  LatencyTable table = counted(deep_network());
  table.set({"convolution out_channels=3 + relu", "1x3x4x4:abcd"}, {12.625, 90, false});
  table.write(file);
  const LatencyTable read = LatencyTable::read(file);
  CHECK(read.machine() == machine);
  CHECK(read.reference() == reference);
  CHECK(read.steps() == table.steps());
}

TEST_CASE("the machine at hand is the one that the engine knows") {
  const Machine here = this_machine();
  CHECK(here.instruction_set == instruction_set());
  CHECK(here.engine == engine_version());
  CHECK(here.threads == 1);
  CHECK_FALSE(here.cpu.empty());
}

TEST_CASE("a table that is not there is refused") {
  CHECK_THAT(rejection(ErrorKind::io, [] { LatencyTable::read("/nowhere/latency.csv"); }),
             Contains("'/nowhere/latency.csv'"));
}

TEST_CASE("a malformed table is refused, with the line") {
  CHECK_THAT(rejected("id,value\n1,2\n"), Contains("line 1") && Contains("'id,value'"));
  CHECK_THAT(rejected(""), Contains("line 1") && Contains("nas profile"));
  CHECK_THAT(rejected("# nas latency table, version 1\n"), Contains("version 1"));
  CHECK_THAT(rejected("# nas latency table, version 2\n# model: A\n"),
             Contains("line 2") && Contains("'# cpu: …'"));
  CHECK_THAT(rejected(header.substr(0, header.find("# chain")) + "# chain_microseconds: 0\n"),
             Contains("line 6") && Contains("'0'"));
  CHECK_THAT(rejected(header.substr(0, header.find("work"))), Contains("line 8"));
  CHECK_THAT(rejected(header + "add,1x1:ab,1.5,3\n"), Contains("line 9") && Contains("4 fields"));
  CHECK_THAT(rejected(header + "add,1x1:ab,1.5,3,yes,4\n"), Contains("6 fields"));
  CHECK_THAT(rejected(header + "add,1x1:ab,fast,3,yes\n"), Contains("'fast'"));
  CHECK_THAT(rejected(header + "add,1x1:ab,-1,3,yes\n"), Contains("'-1'"));
  CHECK_THAT(rejected(header + "add,1x1:ab,nan,3,yes\n"), Contains("'nan'"));
  CHECK_THAT(rejected(header + "add,1x1:ab,1.5,0,yes\n"), Contains("'0'"));
  CHECK_THAT(rejected(header + "add,1x1:ab,1.5,3,perhaps\n"), Contains("'perhaps'"));
  CHECK_THAT(rejected(header + "add,1x1:ab,1.5,3,yes\nadd,1x1:ab,1.5,3,no\n"),
             Contains("line 10") && Contains("'add'") && Contains("already"));
}
