/// Strict reading of a JSON object: every field is there, of its type, and there is no other.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace nas {

/// Every function throws Error(run_directory) with a message that names the source and the field.
class JsonFields {
 public:
  /// `source` ("run.json") and `path` ("config", or "" for the whole) are for messages. The object
  /// must outlive this.
  JsonFields(const nlohmann::json& object, std::string source, std::string path);

  std::string text(const std::string& name);
  bool boolean(const std::string& name);
  double real(const std::string& name);
  std::uint64_t natural(const std::string& name);
  std::int64_t integer(const std::string& name,
                       std::int64_t minimum = std::numeric_limits<std::int64_t>::min(),
                       std::int64_t maximum = std::numeric_limits<std::int64_t>::max());
  int small_integer(const std::string& name);
  const nlohmann::json& object(const std::string& name);
  const nlohmann::json& array(const std::string& name);

  /// Complains about a field that nobody has asked for.
  void no_others() const;
  /// "config.window".
  std::string full_name(const std::string& name) const;

 private:
  const nlohmann::json& field(const std::string& name);
  [[noreturn]] void wrong(const std::string& name, const nlohmann::json& value,
                          const std::string& expected) const;

  const nlohmann::json& object_;
  std::string source_;
  std::string path_;
  std::vector<std::string> known_;
};

}  // namespace nas
