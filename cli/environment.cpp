#include "cli/environment.hpp"

#include <chrono>
#include <ctime>
#include <dlfcn.h>
#include <filesystem>
#include <sys/utsname.h>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/experiment.hpp"
#include "core/base/error.hpp"
#include "core/base/executor.hpp"
#include "core/base/hash.hpp"
#include "core/base/processors.hpp"
#include "core/engine/program.hpp"

namespace nas::cli {

namespace {

nlohmann::json library_record(const PluginLibrary& library) {
  return {{"name", library.name()},
          {"version", library.version()},
          {"file", std::filesystem::absolute(library.file()).lexically_normal().string()},
          {"hash", hash_file(library.file()).text()}};
}

nlohmann::json core_library_record() {
  Dl_info info{};
  // Any function of libnas tells which file it was loaded from.
  if (dladdr(reinterpret_cast<void*>(&hash_bytes), &info) == 0) return nullptr;
  return {{"file", info.dli_fname}, {"hash", hash_file(info.dli_fname).text()}};
}

nlohmann::json latency_record(const LatencyModel* latency) {
  if (latency == nullptr) return nullptr;
  const Machine& machine = latency->table().machine();
  return {{"file", latency->file()},
          {"hash", hash_file(latency->file()).text()},
          {"cpu", machine.cpu},
          {"instruction_set", machine.instruction_set},
          {"engine", machine.engine}};
}

std::string text_at(const nlohmann::json& object, const char* pointer) {
  const nlohmann::json::json_pointer path(pointer);
  if (!object.contains(path) || !object.at(path).is_string()) return "unknown";
  return object.at(path).get<std::string>();
}

/// As `text_at`; "none" where the record says that there is nothing.
std::string item_text(const nlohmann::json& object, const char* pointer) {
  const nlohmann::json::json_pointer path(pointer);
  for (auto above = path; !above.empty(); above = above.parent_pointer()) {
    if (object.contains(above) && object.at(above).is_null()) return "none";
  }
  if (object.contains(path) && object.at(path).is_number()) return object.at(path).dump();
  return text_at(object, pointer);
}

/// Data and tables that measurements are of may not change; a latency table may.
bool may_change_results(const EnvironmentItem& item) {
  switch (item.kind) {
    case EnvironmentItem::Kind::numerics:
    case EnvironmentItem::Kind::library:
      return true;
    case EnvironmentItem::Kind::input:
      return item.what == "latency table";
    case EnvironmentItem::Kind::machine:
      return false;
  }
  return false;
}

/// Of the tables that the space and the estimator read, by their owner; null without any.
nlohmann::json table_records(const RunConfig& config) {
  nlohmann::json records = nullptr;
  for (const char* owner : {"codes", "table"}) {
    const auto options = config.options.find(owner);
    if (options == config.options.end() || !options->second.contains("file")) continue;
    const std::string& file = options->second.at("file");
    records[owner] = {{"file", file}, {"hash", hash_file(file).text()}};
  }
  return records;
}

/// Throws Error(run_directory) where what is measured has changed. `what` and `place` are for the
/// message.
void check_unchanged(const nlohmann::json& recorded, const nlohmann::json& current,
                     const std::string& what, const std::string& pointer,
                     const std::string& place) {
  const std::string then = text_at(recorded, (pointer + "/hash").c_str());
  const std::string now = text_at(current, (pointer + "/hash").c_str());
  if (then == now) return;
  throw Error(ErrorKind::run_directory,
              fmt::format("{} changed since the run started: '{}' hashes to {} now and to {} then; "
                          "restore them, or start a new run with another --out",
                          what, text_at(current, (pointer + "/" + place).c_str()), now, then));
}

std::string now_as_text() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace

std::string program_version() { return NAS_VERSION; }

std::string compiler_version() {
#if defined(__clang__)
  return fmt::format("clang {}", __clang_version__);
#else
  return fmt::format("gcc {}", __VERSION__);
#endif
}

std::string operating_system() {
  utsname name{};
  if (uname(&name) != 0) return "unknown";
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

nlohmann::json machine_environment() {
  return {{"program", program_version()},
          {"engine", engine_version()},
          {"instruction_set", instruction_set()},
          {"compiler", compiler_version()},
          {"cpu", cpu_model()},
          {"processors", available_processors()},
          {"os", operating_system()}};
}

nlohmann::json run_environment(const Experiment& experiment) {
  nlohmann::json environment = machine_environment();
  environment["started"] = now_as_text();
  environment["libnas"] = core_library_record();
  environment["plugins"] = {{"strategy", library_record(*experiment.strategy_library)},
                            {"estimator", library_record(*experiment.evaluator.estimator_library)}};
  environment["task"] = {{"input", experiment.evaluator.task.input.text()},
                         {"classes", experiment.evaluator.task.classes}};
  environment["data"] = nullptr;
  if (experiment.evaluator.dataset) {
    environment["data"] = {{"name", experiment.evaluator.dataset->name},
                           {"format", experiment.evaluator.dataset->format},
                           {"location", experiment.evaluator.dataset->location.string()},
                           {"hash", experiment.evaluator.dataset->hash.text()}};
  }
  environment["tables"] = table_records(experiment.config);
  environment["latency_table"] = latency_record(experiment.evaluator.latency.get());
  environment["repeatable"] = is_repeatable(experiment.config);
  return environment;
}

std::vector<EnvironmentItem> environment_items(const nlohmann::json& recorded,
                                               const nlohmann::json& current) {
  using Kind = EnvironmentItem::Kind;
  struct Place {
    const char* what;
    Kind kind;
    const char* pointer;
  };
  constexpr Place places[] = {
      {"instruction set", Kind::numerics, "/instruction_set"},
      {"engine", Kind::numerics, "/engine"},
      {"program", Kind::library, "/program"},
      {"core library", Kind::library, "/libnas/hash"},
      {"strategy's library", Kind::library, "/plugins/strategy/hash"},
      {"estimator's library", Kind::library, "/plugins/estimator/hash"},
      {"data", Kind::input, "/data/hash"},
      {"table of codes", Kind::input, "/tables/codes/hash"},
      {"table of measurements", Kind::input, "/tables/table/hash"},
      {"latency table", Kind::input, "/latency_table/hash"},
      {"compiler", Kind::machine, "/compiler"},
      {"CPU", Kind::machine, "/cpu"},
      {"processors", Kind::machine, "/processors"},
      {"operating system", Kind::machine, "/os"},
  };
  std::vector<EnvironmentItem> items;
  for (const auto& [what, kind, pointer] : places) {
    items.push_back({what, kind, item_text(recorded, pointer), item_text(current, pointer)});
  }
  return items;
}

std::vector<std::string> environment_changes(const nlohmann::json& recorded,
                                             const nlohmann::json& current) {
  check_unchanged(recorded, current, "the data have", "/data", "location");
  check_unchanged(recorded, current, "the codes have", "/tables/codes", "file");
  check_unchanged(recorded, current, "the measurements have", "/tables/table", "file");
  std::vector<std::string> warnings;
  for (const EnvironmentItem& item : environment_items(recorded, current)) {
    if (!item.differs() || !may_change_results(item)) continue;
    warnings.push_back(
        fmt::format("the {} is not what the run started with ('{}' now, '{}' then): "
                    "results may differ from those of an uninterrupted run",
                    item.what, item.here, item.recorded));
  }
  return warnings;
}

}  // namespace nas::cli
