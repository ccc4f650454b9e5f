/// Hands tensors to a peer: writes the safetensors file that tensors.py reads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace nas::peers {

class TensorFile {
 public:
  void add(const std::string& name, const std::vector<std::int64_t>& shape,
           std::span<const float> values);
  void add(const std::string& name, const std::vector<std::int64_t>& shape,
           std::span<const double> values);
  void add(const std::string& name, const std::vector<std::int64_t>& shape,
           std::span<const std::int32_t> values);
  /// Text that goes with the tensors, under `__metadata__`.
  void note(const std::string& name, const std::string& text);

  /// Throws Error(io).
  void write(const std::filesystem::path& file) const;

 private:
  template <typename T>
  void append(const std::string& name, const std::vector<std::int64_t>& shape, const char* type,
              std::span<const T> values);

  nlohmann::json header_ = nlohmann::json::object();
  std::string data_;
};

}  // namespace nas::peers
