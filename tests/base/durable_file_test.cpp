#include "core/base/durable_file.hpp"

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"

namespace nas {
namespace {

TEST_CASE("a file is written and replaced, and nothing else is left") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "a.json";
  write_durably(file, std::string(100'000, 'x'));
  CHECK(file_content(file) == std::string(100'000, 'x'));
  write_durably(file, "second");
  CHECK(file_content(file) == "second");
  CHECK_FALSE(std::filesystem::exists(directory.path() / "a.json.new"));
}

TEST_CASE("a file that cannot be replaced stays, and nothing else is left") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "a.json";
  std::filesystem::create_directories(file / "in the way");
  const std::string message = rejection(ErrorKind::io, [&] { write_durably(file, "text"); });
  CHECK_THAT(message, Catch::StartsWith("cannot write '" + file.string() + "': "));
  CHECK(std::filesystem::exists(file / "in the way"));
  CHECK_FALSE(std::filesystem::exists(directory.path() / "a.json.new"));
}

TEST_CASE("a file cannot be written where there is no directory") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "nowhere" / "a.json";
  const std::string message = rejection(ErrorKind::io, [&] { write_durably(file, "text"); });
  CHECK(message == "cannot write '" + file.string() + "': No such file or directory");
}

TEST_CASE("a new file does not take the place of another one") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "a.json";
  const auto fresh = directory.path() / "fresh";
  const auto write_new = [&](const std::string& text) {
    DurableFile output(file, fresh);
    output.write(text.data(), text.size());
    return output.commit_new();
  };
  CHECK(write_new("first"));
  CHECK_FALSE(write_new("second"));
  CHECK(file_content(file) == "first");
  CHECK_FALSE(std::filesystem::exists(fresh));
  directory.write("fresh", "somebody's");
  rejection(ErrorKind::io, [&] { write_new("third"); });
  CHECK(file_content(fresh) == "somebody's");
}

TEST_CASE("a file is moved to its name, over what was there") {
  const TemporaryDirectory directory;
  const auto from = directory.write("fresh", "new");
  const auto to = directory.write("file", "old");
  move_durably(from, to);
  CHECK_FALSE(std::filesystem::exists(from));
  CHECK(std::filesystem::file_size(to) == 3);
  const std::string message = rejection(ErrorKind::io, [&] { move_durably(from, to); });
  CHECK(message == "cannot open '" + from.string() + "': No such file or directory");
  CHECK(std::filesystem::exists(to));
}

TEST_CASE("a directory that is not there cannot be synchronised") {
  const TemporaryDirectory directory;
  const auto nowhere = directory.path() / "nowhere";
  const std::string message = rejection(ErrorKind::io, [&] { synchronise_directory(nowhere); });
  CHECK(message == "cannot open '" + nowhere.string() + "': No such file or directory");
}

}  // namespace
}  // namespace nas
