#include "core/base/processors.hpp"

#include <sched.h>
#include <thread>

#include <catch2/catch.hpp>

#include "core/base/executor.hpp"
#include "tests/base/temporary_directory.hpp"

namespace nas {
namespace {

TEST_CASE("a quota is a share of a period") {
  CHECK(parse_cpu_quota("150000 100000\n") == 1.5);
  CHECK(parse_cpu_quota("50000 100000") == 0.5);
  for (const char* text : {"max 100000", "", "100000", "0 100000", "1 0", "a b", "-1 100000"}) {
    CAPTURE(text);
    CHECK(parse_cpu_quota(text) == std::nullopt);
  }
}

TEST_CASE("the tightest quota on the way to a group counts") {
  const TemporaryDirectory mount;
  CHECK(cpu_quota(mount.path(), "/") == std::nullopt);
  mount.write("cpu.max", "400000 100000\n");
  mount.write("a/cpu.max", "150000 100000\n");
  mount.write("a/b/cpu.max", "max 100000\n");
  CHECK(cpu_quota(mount.path(), "") == 4.0);
  CHECK(cpu_quota(mount.path(), "/") == 4.0);
  CHECK(cpu_quota(mount.path(), "/a") == 1.5);
  CHECK(cpu_quota(mount.path(), "/a/b") == 1.5);
  CHECK(cpu_quota(mount.path(), "/gone") == 4.0);
}

TEST_CASE("a thread bound to one processor has one") {
  int found = 0;
  std::thread([&] {
    cpu_set_t set;
    REQUIRE(sched_getaffinity(0, sizeof(set), &set) == 0);
    int first = 0;
    while (!CPU_ISSET(first, &set)) ++first;
    CPU_ZERO(&set);
    CPU_SET(first, &set);
    REQUIRE(sched_setaffinity(0, sizeof(set), &set) == 0);
    found = available_processors();
  }).join();
  CHECK(found == 1);
  CHECK(available_processors() >= 1);
}

}  // namespace
}  // namespace nas
