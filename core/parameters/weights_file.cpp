#include "core/parameters/weights_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/durable_file.hpp"
#include "core/base/error.hpp"
#include "core/base/hash.hpp"

namespace nas {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

using Json = nlohmann::json;

constexpr std::size_t length_bytes = sizeof(std::uint64_t);
constexpr std::uint64_t max_header_bytes = 100'000'000;  ///< the format's own limit
constexpr std::array roles = {ParameterRole::weight,       ParameterRole::bias,
                              ParameterRole::scale,        ParameterRole::shift,
                              ParameterRole::transform,    ParameterRole::coefficient,
                              ParameterRole::running_mean, ParameterRole::running_variance};

/// The role of "stem.weight" is the value of "role.stem.weight" in the metadata, whose values the
/// format wants to be strings.
std::string role_key(std::string_view name) { return fmt::format("role.{}", name); }

constexpr std::string_view note_prefix = "note.";
/// Of the header without this entry, as JSON without spaces, and the data.
constexpr const char* hash_key = "content_hash";

std::string content_hash(const Json& header, std::string_view data) {
  return hash_bytes(header.dump() + hash_bytes(data).text()).text();
}

/// The values as they follow the header.
std::string data_of(const ParameterStore& store) {
  std::string data;
  for (const auto& [name, parameter] : store.all()) {
    data.append(reinterpret_cast<const char*>(parameter->value.data()),
                parameter->size() * sizeof(float));
  }
  return data;
}

std::string header_of(const ParameterStore& store, const WeightNotes& notes,
                      std::string_view data) {
  Json header = Json::object();
  Json& metadata = header["__metadata__"] = {{"format", "nas.weights"}, {"version", "1"}};
  for (const auto& [name, text] : notes) metadata[std::string(note_prefix) + name] = text;
  std::size_t offset = 0;
  for (const auto& [name, parameter] : store.all()) {
    const std::size_t end = offset + parameter->size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", parameter->shape}, {"data_offsets", {offset, end}}};
    metadata[role_key(name)] = role_name(parameter->role);
    offset = end;
  }
  metadata[hash_key] = content_hash(header, data);
  std::string text = header.dump();
  // Spaces up to a multiple of 8, so that the data is aligned.
  text.resize((text.size() + length_bytes - 1) / length_bytes * length_bytes, ' ');
  return text;
}

/// What a file says of one tensor, checked against the size of its data.
struct Entry {
  std::string name;
  std::vector<std::int64_t> shape;
  ParameterRole role;
  std::size_t begin;
  std::size_t end;
};

/// Reads one file; every complaint names it.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : file_(file) {}

  ParameterStore read() {
    load();
    const Json header = parse_header();
    std::vector<Entry> entries;
    for (const auto& [name, description] : header.items()) {
      if (name != "__metadata__") entries.push_back(entry(header, name, description));
    }
    check_contiguous(entries);
    ParameterStore store;
    for (Entry& entry : entries) {
      Parameter& parameter = store.create(entry.name, std::move(entry.shape), entry.role);
      if (entry.end > entry.begin) {
        std::memcpy(parameter.value.data(), data().data() + entry.begin, entry.end - entry.begin);
      }
    }
    return store;
  }

  WeightNotes notes() {
    load();
    const Json header = parse_header();
    WeightNotes result;
    const auto metadata = header.find("__metadata__");
    if (metadata == header.end() || !metadata->is_object()) return result;
    for (const auto& [name, text] : metadata->items()) {
      if (!name.starts_with(note_prefix) || !text.is_string()) continue;
      result[name.substr(note_prefix.size())] = text.get<std::string>();
    }
    return result;
  }

  std::optional<bool> intact() {
    load();
    Json header = parse_header();
    const auto metadata = header.find("__metadata__");
    if (metadata == header.end() || !metadata->is_object()) return std::nullopt;
    const Json recorded = metadata->value(hash_key, Json());
    if (!recorded.is_string()) return std::nullopt;
    metadata->erase(hash_key);
    return recorded == content_hash(header, data());
  }

 private:
  template <typename... Arguments>
  [[noreturn]] void reject(fmt::format_string<Arguments...> format,
                           Arguments&&... arguments) const {
    throw Error(ErrorKind::data,
                fmt::format("weights file '{}': {}", file_.string(),
                            fmt::format(format, std::forward<Arguments>(arguments)...)));
  }

  void load();
  Json parse_header();
  std::string_view data() const { return std::string_view(bytes_).substr(data_begin_); }
  Entry entry(const Json& header, const std::string& name, const Json& description) const;
  std::vector<std::int64_t> shape(const std::string& name, const Json& description) const;
  ParameterRole role(const Json& header, const std::string& name) const;
  void check_contiguous(std::vector<Entry>& entries) const;

  const std::filesystem::path file_;
  std::string bytes_;
  std::size_t data_begin_ = 0;
};

void Reader::load() {
  std::error_code unknown;
  if (std::filesystem::is_directory(file_, unknown)) {
    throw Error(ErrorKind::io,
                fmt::format("cannot read weights file '{}': it is a folder", file_.string()));
  }
  std::ifstream stream(file_, std::ios::binary);
  if (stream) bytes_.assign(std::istreambuf_iterator<char>(stream), {});
  if (!stream || stream.bad()) {
    throw Error(ErrorKind::io, fmt::format("cannot read weights file '{}'", file_.string()));
  }
}

Json Reader::parse_header() {
  if (bytes_.size() < length_bytes) {
    reject(
        "it has {} bytes, too few for the length of a header; it is truncated or no safetensors "
        "file",
        bytes_.size());
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes_.data(), length_bytes);
  if (length > max_header_bytes) {
    reject(
        "its header claims a length of '{}' bytes, the format allows {}; it is damaged or no "
        "safetensors file",
        length, max_header_bytes);
  }
  if (length > bytes_.size() - length_bytes) {
    reject("its header claims a length of '{}' bytes, but only {} follow; it is truncated", length,
           bytes_.size() - length_bytes);
  }
  data_begin_ = length_bytes + static_cast<std::size_t>(length);
  const std::string_view text = std::string_view(bytes_).substr(length_bytes, length);
  Json header = Json::parse(text, nullptr, false);
  if (!header.is_object()) reject("its header is no JSON object");
  return header;
}

Entry Reader::entry(const Json& header, const std::string& name, const Json& description) const {
  if (!description.is_object()) reject("the description of '{}' is no JSON object", name);
  const std::string dtype = description.value("dtype", Json()).dump();
  if (dtype != "\"F32\"") reject("tensor '{}' has dtype {}; only \"F32\" is read", name, dtype);

  Entry result{.name = name,
               .shape = shape(name, description),
               .role = role(header, name),
               .begin = 0,
               .end = 0};
  const Json offsets = description.value("data_offsets", Json());
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned()) {
    reject("tensor '{}' has data_offsets {}; expected two whole numbers [begin, end]", name,
           offsets.dump());
  }
  result.begin = offsets[0].get<std::size_t>();
  result.end = offsets[1].get<std::size_t>();
  if (result.begin > result.end || result.end > data().size()) {
    reject(
        "tensor '{}' has data_offsets {}, but there are {} bytes of data; the file is damaged or "
        "truncated",
        name, offsets.dump(), data().size());
  }
  std::size_t expected = sizeof(float);
  for (const std::int64_t size : result.shape) expected *= static_cast<std::size_t>(size);
  if (result.end - result.begin != expected) {
    reject("tensor '{}' of shape ({}) takes {} bytes, but its data_offsets {} span {}", name,
           fmt::join(result.shape, ", "), expected, offsets.dump(), result.end - result.begin);
  }
  return result;
}

std::vector<std::int64_t> Reader::shape(const std::string& name, const Json& description) const {
  const Json sizes = description.value("shape", Json());
  std::vector<std::int64_t> result;
  std::int64_t bytes = sizeof(float);
  bool valid = sizes.is_array();
  for (std::size_t i = 0; valid && i < sizes.size(); ++i) {
    valid = sizes[i].is_number_unsigned() && sizes[i].get<std::uint64_t>() > 0 &&
            sizes[i].get<std::uint64_t>() <= data().size();
    if (valid) result.push_back(sizes[i].get<std::int64_t>());
    valid = valid && !__builtin_mul_overflow(bytes, result.back(), &bytes);
  }
  if (!valid) {
    reject(
        "tensor '{}' has shape {}; expected an array of positive whole numbers whose data fits "
        "the file",
        name, sizes.dump());
  }
  return result;
}

ParameterRole Reader::role(const Json& header, const std::string& name) const {
  const Json metadata = header.value("__metadata__", Json::object());
  const Json stored = metadata.is_object() ? metadata.value(role_key(name), Json()) : Json();
  const auto found = std::ranges::find_if(
      roles, [&](ParameterRole candidate) { return stored == role_name(candidate); });
  if (found != roles.end()) return *found;
  std::vector<std::string_view> names;
  names.reserve(roles.size());
  for (const ParameterRole known : roles) names.push_back(role_name(known));
  reject("tensor '{}' has the role {}; __metadata__ must give '{}' as one of: {}", name,
         stored.dump(), role_key(name), fmt::join(names, ", "));
}

/// The format allows neither overlaps nor holes.
void Reader::check_contiguous(std::vector<Entry>& entries) const {
  std::ranges::sort(entries, {},
                    [](const Entry& entry) { return std::pair(entry.begin, entry.end); });
  std::size_t expected = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != expected) {
      reject("the data of tensor '{}' begins at byte '{}', where '{}' is expected: tensors {}",
             entry.name, entry.begin, expected,
             entry.begin < expected ? "overlap" : "leave a hole");
    }
    expected = entry.end;
  }
  if (expected != data().size()) {
    reject("its tensors take {} bytes, but {} follow the header", expected, data().size());
  }
}

}  // namespace

void write_weights(const ParameterStore& store, const std::filesystem::path& file,
                   const WeightNotes& notes) {
  const std::string data = data_of(store);
  const std::string header = header_of(store, notes, data);
  const auto length = static_cast<std::uint64_t>(header.size());
  DurableFile output(file);
  output.write(&length, sizeof length);
  output.write(header.data(), header.size());
  output.write(data.data(), data.size());
  output.commit();
}

ParameterStore read_weights(const std::filesystem::path& file) { return Reader(file).read(); }

WeightNotes read_weight_notes(const std::filesystem::path& file) { return Reader(file).notes(); }

std::optional<bool> weights_are_intact(const std::filesystem::path& file) {
  return Reader(file).intact();
}

}  // namespace nas
