#include "cli/space_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "search_spaces/codes.hpp"
#include "search_spaces/described.hpp"

namespace nas::cli {

namespace {

constexpr std::string_view table_prefix = "table:";

const std::string codes_file_key = fmt::format("{}.{}", codes_space_name, codes_file_option);

std::string absolute_path(const std::string& file) {
  std::error_code failed;
  const auto absolute = std::filesystem::weakly_canonical(file, failed);
  return failed || file.empty() ? file : absolute.string();
}

std::string codes_of_table(const Setting& space, Settings::Keyed& options) {
  const std::string file = space.values.back().substr(table_prefix.size());
  options[codes_file_key] = {{absolute_path(file)}, space.origin, space.where};
  return codes_space_name;
}

}  // namespace

bool is_space_file(const std::string& name) { return name.ends_with(".json"); }

std::string read_space_file(const std::string& file) {
  const auto reject = [&](const char* reason) {
    throw Error(ErrorKind::io,
                fmt::format("cannot read the description of a space '{}': {}", file, reason));
  };
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed)) reject(std::strerror(EISDIR));
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad()) reject(std::strerror(errno));
  return text;
}

std::string registered_space(const Setting& space, Settings::Keyed& options) {
  const std::string& name = space.values.back();
  if (name.starts_with(table_prefix)) return codes_of_table(space, options);
  if (!is_space_file(name)) return name;
  const auto give = [&](const char* option, std::string value) {
    options[fmt::format("{}.{}", described_space_name, option)] = {
        {std::move(value)}, space.origin, space.where};
  };
  give(description_text_option, read_space_file(name));
  give(description_file_option, name);
  return described_space_name;
}

void resolve_tables(const std::string& estimator, Settings::Keyed& options) {
  const auto codes = options.find(codes_file_key);
  const std::string table_file_key = "table.file";
  if (estimator == "table" && codes != options.end()) {
    options.emplace(table_file_key, codes->second);
  }
  for (const std::string& key : {codes_file_key, table_file_key}) {
    const auto given = options.find(key);
    if (given == options.end()) continue;
    given->second.values = {absolute_path(given->second.values.back())};
  }
}

}  // namespace nas::cli
