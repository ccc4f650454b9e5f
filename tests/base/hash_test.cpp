#include "core/base/hash.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"

namespace nas {
namespace {

TEST_CASE("a hash is XXH3's and reads as 32 digits") {
  CHECK(hash_bytes("").text() == "99aa06d3014798d86001c324468d497f");
  CHECK((Hash{.high = 1, .low = 255}).text() == "000000000000000100000000000000ff");
}

TEST_CASE("a file has the hash of its bytes, whatever its size") {
  const TemporaryDirectory directory;
  for (const std::size_t size : {0, 1, 65535, 65536, 65537, 200000}) {
    CAPTURE(size);
    std::string bytes(size, 'x');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 % 251);
    CHECK(hash_file(directory.write("file", bytes)) == hash_bytes(bytes));
  }
}

TEST_CASE("a file that is not there cannot be hashed") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "none";
  CHECK(rejection(ErrorKind::io, [&] { hash_file(file); }) ==
        fmt::format("cannot read '{}'", file.string()));
}

}  // namespace
}  // namespace nas
