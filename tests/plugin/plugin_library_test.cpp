#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/plugin/descriptor.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/plugin/loaded.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

fs::path bad(const std::string& name) {
  return fs::path(BAD_PLUGINS) / name / fmt::format("libnas_strategy_{}.so", name);
}

fs::path built(const std::string& file) { return fs::path(BUILT_PLUGINS) / file; }

}  // namespace

TEST_CASE("an open library tells what it is") {
  const auto library = PluginLibrary::open(built("libnas_strategy_evolution.so"));
  CHECK(library->kind() == PluginKind::strategy);
  CHECK(library->name() == "evolution");
  CHECK(library->version() == "2.0");
  CHECK_THAT(library->description(), Contains("evolution"));
  CHECK(library->file() == built("libnas_strategy_evolution.so"));
  REQUIRE_FALSE(library->options().empty());
  CHECK(library->options().front().name == std::string("variant"));
}

TEST_CASE("a file that is no plugin is refused with its name and the reason") {
  const auto refusal = [](const fs::path& file) {
    try {
      PluginLibrary::open(file);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::plugin);
      CHECK_THAT(error.what(), Contains(fmt::format("'{}'", file.string())));
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK_THAT(refusal(bad("text-file")), Contains("cannot be loaded as a shared library"));
  CHECK_THAT(refusal(bad("no-symbol")), Contains("no symbol 'nas_plugin'"));
  CHECK_THAT(refusal(bad("other-abi")),
             Contains(fmt::format("ABI version '{}'", plugin_abi_version + 1)) &&
                 Contains(fmt::format("version '{}'", plugin_abi_version)));
  CHECK_THAT(refusal(bad("other-compiler")), Contains("'gcc 3'"));
  CHECK_THAT(refusal(bad("absent")), Contains("no such file"));
  CHECK_THAT(refusal(BUILT_PLUGINS), Contains("no such file"));
}

TEST_CASE("a plugin under another file name is refused with the name that it must have") {
  const TemporaryDirectory directory;
  const fs::path copy = directory.path() / "libnas_strategy_other.so";
  fs::copy_file(built("libnas_strategy_random.so"), copy);
  CHECK_THROWS_WITH(PluginLibrary::open(copy), Contains("holds the strategy 'random'") &&
                                                   Contains("libnas_strategy_random.so"));
}

TEST_CASE("a factory that throws is an error of the plugin") {
  const fake::Space space;
  const auto library = PluginLibrary::open(bad("throws-in-factory"));
  CHECK_THROWS_WITH(make_strategy(*library, space),
                    Contains("libnas_strategy_throws-in-factory.so") &&
                        Contains("'throws-in-factory' cannot be made: thrown by the factory"));
}

TEST_CASE("a library makes only its own kind") {
  const auto strategy = PluginLibrary::open(built("libnas_strategy_random.so"));
  CHECK_THROWS_WITH(strategy->make_estimator(), Contains("kind 'strategy', not 'estimator'"));
  const fake::Space space;
  const auto estimator = PluginLibrary::open(built("libnas_estimator_constant.so"));
  CHECK_THROWS_WITH(make_strategy(*estimator, space), Contains("kind 'estimator', not 'strategy'"));
}

TEST_CASE("objects outlive the registry and the library that made them") {
  const fake::Space space;
  const std::shared_ptr<Strategy> strategy = built_strategy("random", space);
  REQUIRE(strategy->ask().has_value());
  space.validate(strategy->ask()->genotype);
}

TEST_CASE("strategies that go wrong during a search are errors that keep the finished trials") {
  const auto run = [](const std::string& name, fake::Search& search) {
    search_with(make_strategy(*PluginLibrary::open(bad(name)), search.space), search);
  };
  fake::Search search;
  SECTION("throws in ask") {
    CHECK_THROWS_WITH(run("throws-in-ask", search), Contains("failed in ask: thrown by ask"));
    CHECK(search.journal.saved.size() == 5);
  }
  SECTION("invalid genotype") {
    CHECK_THROWS_WITH(run("invalid-genotype", search), Contains("invalid genotype"));
  }
  SECTION("never proposes") {
    CHECK_THROWS_WITH(run("never-proposes", search), Contains("proposed nothing"));
  }
}
