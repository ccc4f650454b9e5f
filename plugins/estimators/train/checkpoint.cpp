/// The file: a mark, what `Checkpoint` holds, every parameter with its optimiser state in the order
/// of names, and a hash of all that. Numbers as they are in memory; lengths before texts and lists.
#include "plugins/estimators/train/checkpoint.hpp"

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "core/base/durable_file.hpp"
#include "core/base/error.hpp"
#include "core/base/hash.hpp"

namespace nas::train_estimator {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view mark = "nas.checkpoint.1";

class Writer {
 public:
  template <typename Value>
  void add(const Value& value) {
    static_assert(std::is_arithmetic_v<Value>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void add(std::string_view text) {
    add(text.size());
    bytes_.append(text);
  }
  void add(const Tensor& tensor) {
    add(tensor.size());
    bytes_.append(reinterpret_cast<const char*>(tensor.data()), tensor.size() * sizeof(float));
  }
  void add(const TrainingPosition& position) {
    add(position.steps);
    add(position.loss);
    add(position.correct);
    add(position.samples);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class Reader {
 public:
  Reader(const fs::path& file, std::string_view bytes) : file_(file), rest_(bytes) {}

  template <typename Value>
  Value number() {
    static_assert(std::is_arithmetic_v<Value>);
    Value value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view text() { return take(number<std::size_t>()); }
  void fill(Tensor& tensor, std::string_view name) {
    const auto size = number<std::size_t>();
    if (size != tensor.size()) {
      reject(fmt::format("'{}' has {} values there, and {} in this network", name, size,
                         tensor.size()));
    }
    const std::string_view values = take(size * sizeof(float));
    if (size > 0) std::memcpy(tensor.data(), values.data(), values.size());
  }
  TrainingPosition position() {
    TrainingPosition position;
    position.steps = number<std::int64_t>();
    position.loss = number<double>();
    position.correct = number<std::int64_t>();
    position.samples = number<std::int64_t>();
    return position;
  }
  [[noreturn]] void reject(const std::string& why) const {
    throw Error(ErrorKind::data, fmt::format("checkpoint '{}': {}", file_.string(), why));
  }

 private:
  std::string_view take(std::size_t bytes) {
    if (bytes > rest_.size()) reject("it is damaged: it ends too early");
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

  const fs::path& file_;
  std::string_view rest_;
};

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes;
  if (in) bytes.assign(std::istreambuf_iterator<char>(in), {});
  if (!in || in.bad()) {
    throw Error(ErrorKind::io, fmt::format("cannot read checkpoint '{}'", file.string()));
  }
  return bytes;
}

/// What comes after the mark and before the hash.
std::string_view checked(const fs::path& file, std::string_view bytes) {
  const Reader reader(file, bytes);
  if (!bytes.starts_with(mark)) {
    reader.reject("it is no checkpoint that this version of nas reads");
  }
  const std::size_t hash_digits = Hash().text().size();
  if (bytes.size() < mark.size() + hash_digits) reader.reject("it is damaged: it ends too early");
  const std::string_view content = bytes.substr(0, bytes.size() - hash_digits);
  if (hash_bytes(content).text() != bytes.substr(content.size())) {
    reader.reject("it is damaged: its content does not have the hash at its end");
  }
  return content.substr(mark.size());
}

void add_parameter(Writer& writer, const Parameter& parameter) {
  writer.add(std::string_view(parameter.name));
  writer.add(parameter.value);
  writer.add(parameter.optimizer.steps);
  writer.add(parameter.optimizer.tensors.size());
  for (const auto& [name, tensor] : parameter.optimizer.tensors) {
    writer.add(std::string_view(name));
    writer.add(tensor);
  }
}

void read_parameter(Reader& reader, Parameter& parameter) {
  const std::string_view name = reader.text();
  if (name != parameter.name) {
    reader.reject(fmt::format("it holds '{}' where this network has '{}'", name, parameter.name));
  }
  reader.fill(parameter.value, name);
  parameter.optimizer.steps = reader.number<std::int64_t>();
  parameter.optimizer.tensors.clear();
  for (auto tensors = reader.number<std::size_t>(); tensors > 0; --tensors) {
    const std::string state(reader.text());
    Tensor tensor(parameter.size());
    reader.fill(tensor, state);
    parameter.optimizer.tensors.emplace(state, std::move(tensor));
  }
}

}  // namespace

void write_checkpoint(const Checkpoint& checkpoint, const ParameterStore& store,
                      const fs::path& file) {
  Writer writer;
  writer.add(checkpoint.seed);
  writer.add(checkpoint.epochs);
  writer.add(checkpoint.position);
  writer.add(checkpoint.curve.size());
  for (const CurvePoint& point : checkpoint.curve) {
    writer.add(point.epochs);
    writer.add(point.value);
  }
  writer.add(store.all().size());
  for (const auto& [name, parameter] : store.all()) add_parameter(writer, *parameter);
  const std::string content = std::string(mark) + writer.bytes();
  write_durably(file, content + hash_bytes(content).text());
}

std::optional<Checkpoint> read_checkpoint(ParameterStore& store, const fs::path& file) {
  if (!fs::exists(file)) return std::nullopt;
  const std::string bytes = contents(file);
  Reader reader(file, checked(file, bytes));
  Checkpoint checkpoint;
  checkpoint.seed = reader.number<std::uint64_t>();
  checkpoint.epochs = reader.number<double>();
  checkpoint.position = reader.position();
  for (auto points = reader.number<std::size_t>(); points > 0; --points) {
    const auto epochs = reader.number<double>();
    checkpoint.curve.push_back({epochs, reader.number<double>()});
  }
  const auto parameters = reader.number<std::size_t>();
  if (parameters != store.all().size()) {
    reader.reject(fmt::format("it holds {} parameters, and this network has {}", parameters,
                              store.all().size()));
  }
  for (const auto& [name, parameter] : store.all()) read_parameter(reader, *parameter);
  return checkpoint;
}

}  // namespace nas::train_estimator
