/// Published tables beside the project, where they are.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/byte_source.hpp"
#include "core/search/genotype.hpp"

namespace nas::test {

/// Of a code with a digit for every decision.
inline Genotype genotype_of(const std::string& code) {
  Genotype genotype;
  for (const char digit : code) genotype.answers.push_back(digit - '0');
  return genotype;
}

/// Rows of cells, the header first; empty where the file is not there. For tables without quotes.
inline std::vector<std::vector<std::string>> published_table(const std::string& name) {
  const std::filesystem::path file = std::filesystem::path(NAS_SHARED_DATA) / "nas" / name;
  std::vector<std::vector<std::string>> rows;
  if (!std::filesystem::exists(file)) return rows;
  rows.push_back({""});
  for (const std::uint8_t byte : ByteSource(file).read_rest()) {
    if (byte == '\n') {
      rows.push_back({""});
    } else if (byte == ',') {
      rows.back().emplace_back();
    } else if (byte != '\r') {
      rows.back().back() += static_cast<char>(byte);
    }
  }
  if (rows.back() == std::vector<std::string>{""}) rows.pop_back();
  return rows;
}

}  // namespace nas::test
