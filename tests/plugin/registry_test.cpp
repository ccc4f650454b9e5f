#include "core/plugin/registry.hpp"

#include <algorithm>
#include <string_view>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/base/temporary_directory.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

const std::string random_file = "libnas_strategy_random.so";

void copy_plugin(const std::string& file, const fs::path& to) {
  fs::copy_file(fs::path(BUILT_PLUGINS) / file, to);
}

const PluginEntry& entry(const std::vector<PluginEntry>& entries, std::string_view name) {
  const auto found = std::ranges::find(entries, name, &PluginEntry::name);
  REQUIRE(found != entries.end());
  return *found;
}

}  // namespace

TEST_CASE("a plugin is found by kind and name") {
  const PluginRegistry registry({BUILT_PLUGINS});
  CHECK(registry.find(PluginKind::strategy, "random")->name() == "random");
  CHECK(registry.find(PluginKind::estimator, "constant")->name() == "constant");
  const std::vector<std::string> names = registry.names(PluginKind::strategy);
  CHECK(std::ranges::count(names, "random") == 1);
  CHECK(std::ranges::count(names, "constant") == 0);
}

TEST_CASE("an unknown name is refused with the nearest one and the places looked at") {
  const PluginRegistry registry({BUILT_PLUGINS});
  CHECK_THROWS_WITH(registry.find(PluginKind::strategy, "evolutoin"),
                    Contains("'evolutoin'") && Contains("evolution") && Contains(BUILT_PLUGINS));
  CHECK_THROWS_WITH(registry.find(PluginKind::strategy, "constant"),
                    Contains("unknown strategy 'constant'"));
  CHECK_THROWS_WITH(PluginRegistry({}).find(PluginKind::strategy, "random"),
                    Contains("no directory"));
}

TEST_CASE("a path is no name") {
  const TemporaryDirectory directory;
  fs::create_directory(directory.path() / "libnas_strategy_x");
  copy_plugin(random_file, directory.path() / random_file);
  CHECK_THROWS_WITH(
      PluginRegistry({directory.path()})
          .find(PluginKind::strategy, "x/../../" + directory.path().filename().string()),
      Contains("unknown strategy"));
}

TEST_CASE("directories that do not exist are passed over") {
  const PluginRegistry registry({"/nowhere/at/all", BUILT_PLUGINS});
  CHECK(registry.find(PluginKind::strategy, "random")->file().parent_path() == BUILT_PLUGINS);
  CHECK_FALSE(registry.list().empty());
}

TEST_CASE("the first directory that has a name wins, and the list shows what it shadows") {
  const TemporaryDirectory first;
  copy_plugin(random_file, first.path() / random_file);
  const PluginRegistry registry({first.path(), BUILT_PLUGINS});
  CHECK(registry.find(PluginKind::strategy, "random")->file() == first.path() / random_file);
  const std::vector<PluginEntry> entries = registry.list();
  const PluginEntry& random = entry(entries, "random");
  CHECK(random.file == first.path() / random_file);
  CHECK(random.shadows == std::vector<fs::path>{fs::path(BUILT_PLUGINS) / random_file});
  CHECK(entry(entries, "evolution").shadows.empty());
}

TEST_CASE("a broken plugin that comes first is an error, not passed over") {
  const TemporaryDirectory first;
  fs::copy_file(fs::path(BAD_PLUGINS) / "text-file" / "libnas_strategy_text-file.so",
                first.path() / random_file);
  const PluginRegistry registry({first.path(), BUILT_PLUGINS});
  CHECK_THROWS_WITH(registry.find(PluginKind::strategy, "random"),
                    Contains((first.path() / random_file).string()));
}

TEST_CASE("two files of one name in one directory are an error that names both") {
  const TemporaryDirectory directory;
  const std::string other = GENERATE("libnas_strategy_random-copy.so", "another.so");
  copy_plugin(random_file, directory.path() / random_file);
  copy_plugin(random_file, directory.path() / other);
  const PluginRegistry registry({directory.path()});
  CHECK_THROWS_WITH(registry.find(PluginKind::strategy, "random"),
                    Contains("two files") && Contains((directory.path() / random_file).string()) &&
                        Contains((directory.path() / other).string()));
  const std::vector<PluginEntry> entries = registry.list();
  CHECK_THAT(entry(entries, "random").problem, Contains("two files"));
}

TEST_CASE("a link to the plugin in its own directory is no second file") {
  const TemporaryDirectory directory;
  copy_plugin(random_file, directory.path() / random_file);
  fs::create_symlink(random_file, directory.path() / "link.so");
  fs::create_symlink("nowhere", directory.path() / "broken.so");
  CHECK_NOTHROW(PluginRegistry({directory.path()}).find(PluginKind::strategy, "random"));
}

TEST_CASE("the list has every plugin, with the problem of those that cannot be loaded") {
  const PluginRegistry registry(
      {BUILT_PLUGINS, fs::path(BAD_PLUGINS) / "text-file", fs::path(BAD_PLUGINS) / "other-abi"});
  const std::vector<PluginEntry> entries = registry.list();
  CHECK(entries.size() == PluginRegistry({BUILT_PLUGINS}).list().size() + 2);
  CHECK(entry(entries, "random").library != nullptr);
  CHECK(entry(entries, "random").problem.empty());
  CHECK(entry(entries, "text-file").library == nullptr);
  CHECK_THAT(entry(entries, "text-file").problem, Contains("shared library"));
  CHECK_THAT(entry(entries, "other-abi").problem, Contains("ABI version"));
}

TEST_CASE("files that are not named like plugins are not listed") {
  const TemporaryDirectory directory;
  for (const char* name :
       {"notes.txt", "libother.so", "libnas_strategy_.so", "libnas_space_x.so"}) {
    copy_plugin(random_file, directory.path() / name);
  }
  CHECK(PluginRegistry({directory.path()}).list().empty());
}
