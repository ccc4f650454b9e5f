/// What a plugin library exports: one C symbol, `nas_plugin`, read before anything is called.
///
/// A plugin is made by one macro at the end of its source:
///
///     NAS_STRATEGY(HillClimb, "hill-climb", "1.0", "Greedy search from a random start.",
///                  {"restarts", nas::OptionType::integer, "3", "Starts.", 1, 100});
///
/// where HillClimb has a constructor from const nas::StrategyContext&. An estimator (NAS_ESTIMATOR)
/// has a default constructor and gets its context in `prepare`.
#pragma once

#include <cstdint>

#include "core/base/options.hpp"
#include "core/search/estimator.hpp"
#include "core/search/strategy.hpp"

namespace nas {

/// Raised whenever a class that crosses the plugin boundary changes.
inline constexpr std::uint32_t plugin_abi_version = 8;
inline constexpr char plugin_magic[8] = "NASPLUG";

#define NAS_STRINGIFY_(x) #x
#define NAS_STRINGIFY(x) NAS_STRINGIFY_(x)
#if defined(__clang__)
#define NAS_COMPILER "clang " NAS_STRINGIFY(__clang_major__)
#else
#define NAS_COMPILER "gcc " NAS_STRINGIFY(__GNUC__)
#endif
#if defined(_LIBCPP_VERSION)
#define NAS_STANDARD_LIBRARY "libc++ " NAS_STRINGIFY(_LIBCPP_VERSION)
#else
#define NAS_STANDARD_LIBRARY "libstdc++ cxx11-abi=" NAS_STRINGIFY(_GLIBCXX_USE_CXX11_ABI)
#endif

enum class PluginKind : std::uint32_t { strategy = 1, estimator = 2 };

extern "C" {
/// Plain C layout; new fields go to the end. The fields up to `standard_library` never move.
struct NasPluginDescriptor {
  char magic[8];
  std::uint32_t descriptor_size;
  std::uint32_t abi_version;
  const char* compiler;
  const char* standard_library;
  PluginKind kind;
  std::uint32_t option_count;
  const char* name;
  const char* version;
  const char* description;
  const OptionSpec* options;
  Strategy* (*make_strategy)(const StrategyContext&);
  Estimator* (*make_estimator)();
};
}

}  // namespace nas

/// Defines `nas_plugin`. The trailing arguments are OptionSpec initialisers in braces.
#define NAS_PLUGIN_(kind_, name_, version_, description_, strategy_, estimator_, ...)          \
  namespace {                                                                                  \
  /* The first row is a sentinel: a table without options would be an empty array. */          \
  constexpr nas::OptionSpec nas_plugin_options[] = {                                           \
      {nullptr, nas::OptionType::integer, nullptr, nullptr}, __VA_ARGS__};                     \
  }                                                                                            \
  extern "C" __attribute__((visibility("default"))) const nas::NasPluginDescriptor nas_plugin; \
  extern "C" const nas::NasPluginDescriptor nas_plugin = {                                     \
      {'N', 'A', 'S', 'P', 'L', 'U', 'G', '\0'},                                               \
      sizeof(nas::NasPluginDescriptor),                                                        \
      nas::plugin_abi_version,                                                                 \
      NAS_COMPILER,                                                                            \
      NAS_STANDARD_LIBRARY,                                                                    \
      kind_,                                                                                   \
      static_cast<std::uint32_t>(sizeof(nas_plugin_options) / sizeof(nas::OptionSpec)) - 1,    \
      name_,                                                                                   \
      version_,                                                                                \
      description_,                                                                            \
      nas_plugin_options + 1,                                                                  \
      strategy_,                                                                               \
      estimator_}

#define NAS_STRATEGY(class_, name_, version_, description_, ...)                                 \
  NAS_PLUGIN_(                                                                                   \
      nas::PluginKind::strategy, name_, version_, description_,                                  \
      [](const nas::StrategyContext& context) -> nas::Strategy* { return new class_(context); }, \
      nullptr, __VA_ARGS__)

#define NAS_ESTIMATOR(class_, name_, version_, description_, ...)         \
  NAS_PLUGIN_(                                                            \
      nas::PluginKind::estimator, name_, version_, description_, nullptr, \
      []() -> nas::Estimator* { return new class_(); }, __VA_ARGS__)
