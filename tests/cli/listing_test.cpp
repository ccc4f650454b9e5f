// What can be looked at without running anything.

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

TEST_CASE("plugin list shows what is loaded and from where") {
  const Outcome outcome = nas_program({"plugin", "list", "--json"});
  CHECK(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.plugins");
  CHECK(object.at("version") == 1);
  std::vector<std::string> names;
  for (const nlohmann::json& row : object.at("plugins")) {
    names.push_back(row.at("name"));
    CHECK(std::filesystem::exists(row.at("file").get<std::string>()));
    CHECK(row.at("shadows").empty());
  }
  for (const char* name : {"evolution", "random", "constant", "train"}) {
    CHECK(std::ranges::find(names, name) != names.end());
  }
}

TEST_CASE("a plugin further up the path shadows one of the same name") {
  const TemporaryDirectory directory;
  const auto original = std::filesystem::path(NAS_PLUGINS) / "libnas_strategy_random.so";
  std::filesystem::copy_file(original, directory.path() / "libnas_strategy_random.so");
  for (const bool by_flag : {true, false}) {
    Words words = {"plugin", "list", "--json"};
    Surroundings surroundings;
    if (by_flag) {
      words.emplace_back("--plugin-dir");
      words.push_back(directory.path().string());
    } else {
      surroundings.environment["NAS_PLUGIN_PATH"] = directory.path().string();
    }
    const nlohmann::json object = nas_program(words, surroundings).json();
    bool found = false;
    for (const nlohmann::json& row : object.at("plugins")) {
      if (row.at("name") != "random") continue;
      found = true;
      CHECK(row.at("file") == (directory.path() / "libnas_strategy_random.so").string());
      CHECK(row.at("shadows").size() == 1);
    }
    CHECK(found);
  }
}

TEST_CASE("the user's data directory is searched for plugins") {
  const TemporaryDirectory directory;
  const auto plugins = directory.path() / "nas" / "plugins";
  const auto listed = [&](const std::map<std::string, std::string>& environment) {
    return contains(nas_program({"plugin", "list", "--json"}, {.environment = environment}).out,
                    plugins.string());
  };
  CHECK(listed({{"XDG_DATA_HOME", directory.path().string()}}));
  CHECK_FALSE(listed({}));
}

TEST_CASE("plugin info shows the options with their defaults and ranges") {
  const nlohmann::json object = nas_program({"plugin", "info", "evolution", "--json"}).json();
  CHECK(object.at("schema") == "nas.plugin");
  CHECK(object.at("kind") == "strategy");
  bool found = false;
  for (const nlohmann::json& option : object.at("options")) {
    if (option.at("name") != "population") continue;
    found = true;
    CHECK(option.at("type") == "integer");
    CHECK(option.at("maximum") == 1000000);
    CHECK_FALSE(option.at("description").get<std::string>().empty());
  }
  CHECK(found);
  CHECK(contains(nas_program({"plugin", "info", "evolution"}).out, "evolution.population"));
}

TEST_CASE("plugin check accepts a plugin that can be loaded") {
  const auto file = std::filesystem::path(NAS_PLUGINS) / "libnas_strategy_random.so";
  const Outcome outcome = nas_program({"plugin", "check", file.string(), "--json"});
  CHECK(outcome.code == 0);
  CHECK(outcome.json().at("name") == "random");
}

TEST_CASE("space list and show describe the spaces") {
  const nlohmann::json list = nas_program({"space", "list", "--json"}).json();
  CHECK(list.at("schema") == "nas.spaces");
  CHECK(list.at("spaces").at(0).at("name") == "mbconv");
  const nlohmann::json shown = nas_program({"space", "show", "mbconv", "--json"}).json();
  CHECK(shown.at("schema") == "nas.space");
  CHECK(shown.at("decisions").at(0).at("options").size() > 1);
  CHECK(shown.at("size") == nas_program({"space", "count", "mbconv", "--json"}).json().at("size"));
  CHECK(contains(nas_program({"space", "show", "mbconv"}).out, "stage1.layer1.kernel"));
}

TEST_CASE("space count follows the space's options and the task") {
  const std::string whole = nas_program({"space", "count", "mbconv"}).out;
  CHECK(whole.find_first_not_of("0123456789\n") == std::string::npos);
  const std::string shallow =
      nas_program({"space", "count", "mbconv", "--set", "mbconv.max_depth=1"}).out;
  CHECK(shallow.size() < whole.size());
  const std::string small = nas_program({"space", "count", "mbconv", "--input", "1x8x8"}).out;
  CHECK(small.size() < whole.size());
}

TEST_CASE("space sample draws the same genotypes for the same seed") {
  const auto sample = [](const std::string& seed) {
    return nas_program({"space", "sample", "mbconv", "-n", "5", "--seed", seed, "--json"}).json();
  };
  const nlohmann::json object = sample("1");
  CHECK(object.at("schema") == "nas.space.sample");
  CHECK(object.at("samples").size() == 5);
  CHECK(object == sample("1"));
  CHECK(object != sample("2"));
}

TEST_CASE("space sample is uniform over architectures, by option over decisions") {
  const auto deepest = [](const Words& more) {
    Words words = {"space", "sample", "mbconv", "-n", "50", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const nlohmann::json object = nas_program(words).json();
    int count = 0;
    for (const nlohmann::json& sample : object.at("samples")) {
      count += sample.at("genotype").at(1) == 3;  // layers of the first stage: four
    }
    return count;
  };
  // Nearly all architectures are of the greatest depth; of decisions a quarter.
  CHECK(deepest({}) > 40);
  CHECK(deepest({"--distribution", "decisions"}) < 30);
  const Outcome wrong = nas_program({"space", "sample", "mbconv", "--distribution", "depths"});
  CHECK(wrong.code == 2);
  CHECK(contains(wrong.err, "--distribution 'depths'"));
}

TEST_CASE("space count gives what the literature counts beside the size") {
  const std::string text = nas_program({"space", "count", "nasnet"}).out;
  CHECK(contains(text, "lecture: 4517347060908032 = 4^B * M^(2B) * N^B, B = 5, M = 13, N = 2"));
  CHECK(contains(text, "\nwith nasnet.blocks=5 nasnet.combine=variant"));
  const nlohmann::json object =
      nas_program({"space", "count", "nasbench201", "--set", "nasbench201.cells=2", "--json"})
          .json();
  CHECK(object.at("counts").size() == 4);
  CHECK(object.at("options").at("cells") == "2");
  CHECK(object.at("options").at("preset") == "small");
}

TEST_CASE("space enumerate streams every architecture once, as CSV") {
  const Outcome all = nas_program({"space", "enumerate", "nasbench201"});
  CHECK(all.code == 0);
  CHECK(std::ranges::count(all.out, '\n') == 1 + 6466);
  CHECK(all.out.starts_with("genotype,text\n\"[0,0,0,0,0,0]\",\"|none~0|+|none~0|none~1|+|"));
  const Outcome two = nas_program({"space", "enumerate", "mbconv", "--limit", "2", "--csv"});
  CHECK(two.out.starts_with("genotype\n\"[0,0,0,"));
  CHECK(std::ranges::count(two.out, '\n') == 1 + 2);
  const Outcome none = nas_program({"space", "enumerate", "mbconv", "--limit", "0"});
  CHECK(none.code == 2);
  CHECK(contains(none.err, "--limit '0'"));
}

TEST_CASE(
    "space enumerate gives what each architecture decides and costs, where that is asked for") {
  const std::string grid = nas_program({"space", "enumerate", "efficientnet", "--metrics"}).out;
  CHECK(grid.starts_with("genotype,alpha,beta,gamma,params,macs,"));
  CHECK(std::ranges::count(grid, '\n') == 1 + 109);
  const std::string depth = nas_program({"space", "enumerate", "efficientnet", "--set",
                                         "efficientnet.axis=depth", "--limit", "1", "--metrics"})
                                .out;
  const std::string genotype = "[18,0,0]";
  CHECK(contains(depth, "\n\"" + genotype + "\",1.9,1,1,"));
  const nlohmann::json shown = nas_program({"space", "show", "efficientnet", "--genotype", genotype,
                                            "--set", "efficientnet.axis=depth", "--json"})
                                   .json();
  CHECK(contains(depth, "1.9,1,1," + std::to_string(shown.at("params").get<std::int64_t>()) + "," +
                            std::to_string(shown.at("macs").get<std::int64_t>()) + ","));
}

TEST_CASE("space enumerate ends quietly when nobody reads any more") {
  // The space has 5e19 architectures.
  const Outcome outcome =
      nas_program({"-c",
                   "nas space enumerate mbconv | { read -r line; echo $line; }; "
                   "echo ${PIPESTATUS[0]}"},
                  {.program = "/bin/bash"});
  CHECK(outcome.out == "genotype\n0\n");
  CHECK(outcome.err.empty());
}

TEST_CASE("what an architecture costs is the sum over its layers") {
  const nlohmann::json sample =
      nas_program({"space", "sample", "mbconv", "--json"}).json().at("samples").at(0);
  const nlohmann::json object =
      nas_program({"space", "show", "mbconv", "--genotype", sample.at("genotype").dump(), "--input",
                   "1x28x28", "--classes", "10", "--json"})
          .json();
  CHECK(object.at("schema") == "nas.cost");
  std::int64_t params = 0;
  std::int64_t macs = 0;
  for (const nlohmann::json& layer : object.at("layers")) {
    params += layer.at("params").get<std::int64_t>();
    macs += layer.at("macs").get<std::int64_t>();
  }
  CHECK(object.at("params") == params);
  CHECK(object.at("macs") == macs);
  for (const char* metric :
       {"params", "macs", "ram", "ram_int8", "ram_mcunet", "flash", "flash_int8", "fragmentation",
        "branches", "critical_path", "small_ops"}) {
    CHECK(object.at(metric) == sample.at(metric));
  }
}

TEST_CASE("genotypes that do not belong to the space are rejected") {
  const auto rejected = [](const std::string& genotype, int code, const std::string& message) {
    check_rejected({"space", "show", "mbconv", "--genotype", genotype}, code, message);
  };
  rejected("[0,1]", 3, "genotype [0,1] has 2 answers; the space 'mbconv' has");
  rejected("0,1", 2, "cannot read the genotype '0,1'");
  rejected("[a]", 2, "cannot read the genotype '[a]'");
  nlohmann::json genotype =
      nas_program({"space", "sample", "mbconv", "--json"}).json()["samples"][0]["genotype"];
  genotype[0] = 99;
  rejected(genotype.dump(), 3, "answer '99' to decision 0");
}

TEST_CASE("doctor lists what a run needs") {
  const Outcome outcome = nas_program({"doctor", "--json"});
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.doctor");
  CHECK(object.at("healthy").get<bool>() == (outcome.code == 0));
  CHECK(contains(outcome.out, "strategy evolution"));
  CHECK(contains(outcome.out, "data fashion-mnist"));
  CHECK(contains(outcome.out, "instruction_set"));
}

TEST_CASE("doctor fails where a plugin is broken") {
  const Outcome outcome = nas_program({"doctor", "--plugin-dir", NAS_BAD_PLUGINS "/text-file"});
  CHECK(outcome.code == 4);
  CHECK(contains(outcome.out, "broken"));
}

TEST_CASE("ls of a directory without runs is an empty table") {
  const TemporaryDirectory directory;
  const Outcome outcome = nas_program({"ls", "--json"}, {.directory = directory.path()});
  CHECK(outcome.code == 0);
  CHECK(outcome.json().at("schema") == "nas.runs");
  CHECK(outcome.json().at("runs").empty());
  CHECK(contains(outcome.err, "no runs in 'runs'"));
  check_rejected({"ls", "/nonexistent/runs"}, 9, "'/nonexistent/runs' is no directory");
}

TEST_CASE("ls lists the runs of every series in a directory, and of one") {
  const TemporaryDirectory directory;
  const Surroundings there{.directory = directory.path()};
  for (const char* strategy : {"random", "evolution"}) {
    REQUIRE(nas_program({"run", "--estimator", "constant", "--strategy", strategy, "--trials", "4",
                         "--seeds", "1-2", "--final-epochs", "0", "--quiet", "--out",
                         std::string("compare/") + strategy},
                        there)
                .code == 0);
  }
  const auto listed = [&](const std::string& place) {
    std::vector<std::string> runs;
    const nlohmann::json object = nas_program({"ls", place, "--json"}, there).json();
    for (const nlohmann::json& run : object.at("runs")) runs.push_back(run.at("run"));
    return runs;
  };
  CHECK(listed("compare") ==
        std::vector<std::string>{"compare/evolution/seed-1", "compare/evolution/seed-2",
                                 "compare/random/seed-1", "compare/random/seed-2"});
  CHECK(listed("compare/random") ==
        std::vector<std::string>{"compare/random/seed-1", "compare/random/seed-2"});
  CHECK(listed("compare/random/seed-1") == std::vector<std::string>{"compare/random/seed-1"});

  const auto beside = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"run", "--estimator",    "constant", "--trials",
                                   "4",   "--final-epochs", "0",        "--quiet"};
    std::ranges::move(more, std::back_inserter(words));
    REQUIRE(nas_program(words, there).code == 0);
  };
  beside({"--out", "compare/one"});
  beside({"--seeds", "1-2", "--summary-only", "--out", "compare/summary"});
  CHECK(listed("compare") ==
        std::vector<std::string>{"compare/evolution/seed-1", "compare/evolution/seed-2",
                                 "compare/one", "compare/random/seed-1", "compare/random/seed-2"});
  const Outcome summary = nas_program({"ls", "compare/summary"}, there);
  CHECK(summary.code == 0);
  CHECK(contains(summary.err, "'nas compare compare/summary' tells its results"));
}

TEST_CASE("a published network is shown for its own task, or for another") {
  const Outcome outcome =
      nas_program({"space", "show", "mnasnet", "--named", "mnasnet-a1", "--json"});
  CHECK(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("input") == "3x224x224");
  CHECK(object.at("classes") == 1000);
  CHECK(object.at("params") == 3'887'038);
  CHECK(object.at("macs") == 311'579'072);
  for (const char* metric : {"ram", "ram_int8", "flash", "flash_int8"}) {
    CHECK(object.at(metric).get<std::int64_t>() > 0);
  }
  std::int64_t params = 0;
  for (const nlohmann::json& block : object.at("blocks")) {
    params += block.at("params").get<std::int64_t>();
  }
  CHECK(params == 3'887'038);
  CHECK(object.at("blocks").size() < object.at("layers").size() / 4);

  const nlohmann::json small = nas_program({"space", "show", "mnasnet", "--named", "mnasnet-a1",
                                            "--input", "1x64x64", "--classes", "10", "--json"})
                                   .json();
  CHECK(small.at("input") == "1x64x64");
  CHECK(small.at("params").get<std::int64_t>() < 3'887'038 - 990 * 1280);
  check_rejected({"space", "show", "mnasnet", "--named", "mnasnet-a2"}, 3, "mnasnet-a1");
}

}  // namespace
}  // namespace nas
