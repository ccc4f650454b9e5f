#include "tests/plugin/bad_plugins/sampler.hpp"

// As a plugin for the next version of the interface would have it.
extern "C" __attribute__((visibility("default"))) const nas::NasPluginDescriptor nas_plugin;
extern "C" const nas::NasPluginDescriptor nas_plugin = {
    {'N', 'A', 'S', 'P', 'L', 'U', 'G', '\0'},
    sizeof(nas::NasPluginDescriptor),
    nas::plugin_abi_version + 1,
    NAS_COMPILER,
    NAS_STANDARD_LIBRARY,
    nas::PluginKind::strategy,
    0,
    "other-abi",
    "1.0",
    "Built for another plugin ABI.",
    nullptr,
    [](const nas::StrategyContext& context) -> nas::Strategy* { return new Sampler(context); },
    nullptr};
