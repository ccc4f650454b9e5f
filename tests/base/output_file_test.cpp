#include "core/base/output_file.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;
using Existing = OutputFile::Existing;

std::ptrdiff_t entries_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST_CASE("an output is written at once, and nothing else is left") {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "a.svg";
  const OutputFile output(file, Existing::keep);
  CHECK_FALSE(fs::exists(file));
  output.write(std::string(100'000, 'x'));
  CHECK(file_content(file) == std::string(100'000, 'x'));
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("an output that exists is refused before any work, and stays") {
  const TemporaryDirectory directory;
  const fs::path file = directory.write("a.svg", "mine");
  const std::string message = rejection(ErrorKind::io, [&] { OutputFile(file, Existing::keep); });
  CHECK(message == "'" + file.string() + "' exists already; --force replaces it");
  CHECK(file_content(file) == "mine");
}

TEST_CASE("an output that has come to be meanwhile stays as well") {
  const TemporaryDirectory directory;
  const OutputFile output(directory.path() / "a.svg", Existing::keep);
  const fs::path file = directory.write("a.svg", "mine");
  const std::string message = rejection(ErrorKind::io, [&] { output.write("new"); });
  CHECK(message == "'" + file.string() + "' exists already; --force replaces it");
  CHECK(file_content(file) == "mine");
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("an output that exists is replaced where that is asked for") {
  const TemporaryDirectory directory;
  const fs::path file = directory.write("a.svg", "mine");
  OutputFile(file, Existing::replace).write("new");
  CHECK(file_content(file) == "new");
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("of a link, the file that it points to is replaced") {
  const TemporaryDirectory directory;
  const fs::path file = directory.write("there/a.svg", "mine");
  const fs::path link = directory.path() / "link.svg";
  fs::create_symlink(file, link);
  rejection(ErrorKind::io, [&] { OutputFile(link, Existing::keep); });
  OutputFile(link, Existing::replace).write("new");
  CHECK(fs::is_symlink(link));
  CHECK(file_content(file) == "new");

  const fs::path broken = directory.path() / "broken.svg";
  fs::create_symlink(directory.path() / "nowhere", broken);
  const std::string message =
      rejection(ErrorKind::io, [&] { OutputFile(broken, Existing::replace); });
  CHECK_THAT(message, Catch::EndsWith("it is a broken link"));
}

TEST_CASE("a folder is no output, nor is a name in a folder that is not there") {
  const TemporaryDirectory directory;
  for (const Existing existing : {Existing::keep, Existing::replace}) {
    const std::string of_folder =
        rejection(ErrorKind::io, [&] { OutputFile(directory.path(), existing); });
    CHECK(of_folder == "cannot write '" + directory.path().string() + "': it is a folder");
    const fs::path nowhere = directory.path() / "nowhere";
    const std::string of_nowhere =
        rejection(ErrorKind::io, [&] { OutputFile(nowhere / "a.svg", existing); });
    CHECK_THAT(of_nowhere, Catch::EndsWith("there is no folder '" + nowhere.string() + "'"));
  }
}

TEST_CASE("an output without a name is refused") {
  CHECK(rejection(ErrorKind::io, [] { OutputFile("", Existing::keep); }) ==
        "cannot write '': it is no name of a file");
}

TEST_CASE("an output may be made by who wants a file to write") {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "a.bin";
  const auto text_writer = [](const std::string& text) {
    return [text](const fs::path& place) { std::ofstream(place) << text; };
  };
  const OutputFile output(file, Existing::keep);
  output.write_by(text_writer("first"));
  CHECK(file_content(file) == "first");
  const std::string message =
      rejection(ErrorKind::io, [&] { output.write_by(text_writer("second")); });
  CHECK_THAT(message, Catch::EndsWith("exists already; --force replaces it"));
  CHECK(file_content(file) == "first");
  const OutputFile replaced(file, Existing::replace);
  CHECK_THROWS_AS(replaced.write_by([&](const fs::path& place) {
    text_writer("half")(place);
    throw std::runtime_error("no more");
  }),
                  std::runtime_error);
  CHECK(file_content(file) == "first");
  replaced.write_by(text_writer("third"));
  CHECK(file_content(file) == "third");
  CHECK(entries_in(directory.path()) == 1);
  const OutputFile device("/dev/null", Existing::replace);
  rejection(ErrorKind::io, [&] { device.write_by(text_writer("text")); });
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("what is no file is written to as it is") {
  OutputFile("/dev/null", Existing::keep).write("text");
  CHECK(fs::is_character_file("/dev/null"));
  const OutputFile full("/dev/full", Existing::keep);
  const std::string message = rejection(ErrorKind::io, [&] { full.write("text"); });
  CHECK(message == "cannot write '/dev/full': No space left on device");
}

}  // namespace
}  // namespace nas
