/// What tests include of Catch2, with the names of version 2, where version 3 is installed: on the
/// path of headers there alone.
#pragma once

#include <string>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_predicate.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using Catch::Approx;

namespace Catch {
namespace Matchers {

/// Version 3 has given this name to what looks into ranges, which no test does.
inline StringContainsMatcher Contains(const std::string& part) { return ContainsSubstring(part); }

}  // namespace Matchers
using namespace Matchers;
}  // namespace Catch
