#include "cli/space_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "search_spaces/described.hpp"

namespace nas::cli {

bool is_space_file(const std::string& name) { return name.ends_with(".json"); }

std::string read_space_file(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.is_open() && !stream.bad()) return text;
  throw Error(ErrorKind::io, fmt::format("cannot read the description of a space '{}': {}", file,
                                         std::strerror(errno)));
}

std::string registered_space(const Setting& space, Settings::Keyed& options) {
  const std::string& name = space.values.back();
  if (!is_space_file(name)) return name;
  const auto give = [&](const char* option, std::string value) {
    options[fmt::format("{}.{}", described_space_name, option)] = {
        {std::move(value)}, space.origin, space.where};
  };
  give(description_text_option, read_space_file(name));
  give(description_file_option, name);
  return described_space_name;
}

}  // namespace nas::cli
