#include <exception>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/plugin/loaded_descriptor.hpp"
#include "core/plugin/plugin_file.hpp"
#include "core/plugin/registry.hpp"

namespace nas {

struct PluginLibrary::Handle {
  std::filesystem::path file;
  LoadedDescriptor loaded;

  const NasPluginDescriptor& descriptor() const { return *loaded.descriptor; }
};

namespace {

/// `make()` with the plugin's exceptions turned into Error(plugin), all but Error(config), owned
/// together with the library.
template <typename Object, typename Make>
std::shared_ptr<Object> made(const std::shared_ptr<const PluginLibrary>& library,
                             const Make& make) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorKind::plugin,
                fmt::format("plugin '{}': {} '{}' cannot be made: {}", library->file().string(),
                            to_string(library->kind()), library->name(), what));
  };
  Object* object = nullptr;
  try {
    object = make();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::config) throw;
    fail(error.what());
  } catch (const std::exception& error) {
    fail(error.what());
  } catch (...) {
    fail("its factory threw something that is no std::exception");
  }
  if (!object) fail("its factory gave nothing");
  return std::shared_ptr<Object>(object, [library](Object* owned) { delete owned; });
}

void check_kind(const PluginLibrary& library, PluginKind wanted) {
  if (library.kind() == wanted) return;
  throw Error(ErrorKind::plugin, fmt::format("plugin '{}': '{}' is of the kind '{}', not '{}'",
                                             library.file().string(), library.name(),
                                             to_string(library.kind()), to_string(wanted)));
}

}  // namespace

std::string to_string(PluginKind kind) {
  return kind == PluginKind::strategy ? "strategy" : "estimator";
}

PluginLibrary::PluginLibrary() = default;
PluginLibrary::~PluginLibrary() = default;

std::shared_ptr<const PluginLibrary> PluginLibrary::open(const std::filesystem::path& file) {
  const std::shared_ptr<PluginLibrary> library(new PluginLibrary());
  library->handle_ = std::make_unique<Handle>(Handle{file, load_descriptor(file)});
  library->self_ = library;
  const std::string expected = plugin_file_name(library->kind(), library->name());
  if (file.filename() != expected) {
    throw Error(ErrorKind::plugin,
                fmt::format("plugin '{}': it holds the {} '{}', so the file must be named '{}'; "
                            "rename it",
                            file.string(), to_string(library->kind()), library->name(), expected));
  }
  return library;
}

const std::filesystem::path& PluginLibrary::file() const { return handle_->file; }
PluginKind PluginLibrary::kind() const { return handle_->descriptor().kind; }
std::string PluginLibrary::name() const { return handle_->descriptor().name; }
std::string PluginLibrary::version() const { return handle_->descriptor().version; }
std::string PluginLibrary::description() const { return handle_->descriptor().description; }

std::span<const OptionSpec> PluginLibrary::options() const {
  return {handle_->descriptor().options, handle_->descriptor().option_count};
}

std::shared_ptr<Strategy> PluginLibrary::make_strategy(const StrategyContext& context) const {
  check_kind(*this, PluginKind::strategy);
  return made<Strategy>(self_.lock(), [&] { return handle_->descriptor().make_strategy(context); });
}

std::shared_ptr<Estimator> PluginLibrary::make_estimator() const {
  check_kind(*this, PluginKind::estimator);
  return made<Estimator>(self_.lock(), [&] { return handle_->descriptor().make_estimator(); });
}

}  // namespace nas
