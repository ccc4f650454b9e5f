#include "core/plugin/descriptor_check.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/base/error.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

Strategy* no_strategy(const StrategyContext&) { return nullptr; }
Estimator* no_estimator() { return nullptr; }

NasPluginDescriptor good() {
  return {{'N', 'A', 'S', 'P', 'L', 'U', 'G', '\0'},
          sizeof(NasPluginDescriptor),
          plugin_abi_version,
          NAS_COMPILER,
          NAS_STANDARD_LIBRARY,
          PluginKind::strategy,
          0,
          "good",
          "1.0",
          "Good.",
          nullptr,
          no_strategy,
          nullptr};
}

std::string message(const NasPluginDescriptor& descriptor) {
  try {
    check_descriptor(descriptor, "file.so");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::plugin);
    return error.what();
  }
  return "accepted";
}

template <typename Change>
std::string after(Change change) {
  NasPluginDescriptor descriptor = good();
  change(descriptor);
  return message(descriptor);
}

}  // namespace

TEST_CASE("a good descriptor is accepted") {
  CHECK(message(good()) == "accepted");
  CHECK(after([](auto& d) {
          d.kind = PluginKind::estimator;
          d.make_estimator = no_estimator;
        }) == "accepted");
}

TEST_CASE("a larger descriptor of the same ABI is accepted: new fields go to the end") {
  CHECK(after([](auto& d) { d.descriptor_size += 8; }) == "accepted");
}

TEST_CASE("a bad descriptor is refused with the file, what was found and what was expected") {
  CHECK_THAT(after([](auto& d) { d.magic[0] = 'X'; }),
             Contains("'file.so'") && Contains("magic") && Contains("NAS_STRATEGY"));
  CHECK_THAT(after([](auto& d) { d.abi_version = 99; }),
             Contains("version '99'") &&
                 Contains(fmt::format("version '{}'", plugin_abi_version)) && Contains("rebuild"));
  CHECK_THAT(after([](auto& d) { d.descriptor_size = 8; }), Contains("'8' bytes"));
  CHECK_THAT(after([](auto& d) { d.compiler = "gcc 3"; }),
             Contains("'gcc 3'") && Contains(NAS_COMPILER) && Contains("rebuild"));
  CHECK_THAT(after([](auto& d) { d.compiler = nullptr; }), Contains("compiler nothing"));
  CHECK_THAT(after([](auto& d) { d.standard_library = "libc++ 1"; }),
             Contains("'libc++ 1'") && Contains(NAS_STANDARD_LIBRARY));
  CHECK_THAT(after([](auto& d) { d.kind = static_cast<PluginKind>(7); }),
             Contains("unknown kind '7'"));
  CHECK_THAT(after([](auto& d) { d.name = nullptr; }), Contains("its name is nothing"));
  CHECK_THAT(after([](auto& d) { d.name = ""; }), Contains("its name is ''"));
  CHECK_THAT(after([](auto& d) { d.name = "a/b"; }), Contains("'a/b'"));
  CHECK_THAT(after([](auto& d) { d.version = nullptr; }), Contains("no version"));
  CHECK_THAT(after([](auto& d) { d.description = nullptr; }), Contains("no description"));
  CHECK_THAT(after([](auto& d) { d.option_count = 2; }), Contains("announces 2 options"));
  CHECK_THAT(after([](auto& d) { d.make_strategy = nullptr; }), Contains("no factory for 'good'"));
  CHECK_THAT(after([](auto& d) { d.kind = PluginKind::estimator; }), Contains("no factory"));
}

TEST_CASE("what was built for another ABI is not looked into any further") {
  CHECK_THAT(after([](auto& d) {
               d.abi_version = 99;
               d.compiler = nullptr;
               d.name = nullptr;
             }),
             Contains("ABI version '99'"));
}
