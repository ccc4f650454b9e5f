#include "tests/peers/tensor_file.hpp"

#include "core/base/durable_file.hpp"

namespace nas::peers {

template <typename T>
void TensorFile::append(const std::string& name, const std::vector<std::int64_t>& shape,
                        const char* type, std::span<const T> values) {
  const std::size_t begin = data_.size();
  data_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  header_[name] = {{"dtype", type}, {"shape", shape}, {"data_offsets", {begin, data_.size()}}};
}

void TensorFile::add(const std::string& name, const std::vector<std::int64_t>& shape,
                     std::span<const float> values) {
  append(name, shape, "F32", values);
}

void TensorFile::add(const std::string& name, const std::vector<std::int64_t>& shape,
                     std::span<const double> values) {
  append(name, shape, "F64", values);
}

void TensorFile::add(const std::string& name, const std::vector<std::int64_t>& shape,
                     std::span<const std::int32_t> values) {
  append(name, shape, "I32", values);
}

void TensorFile::note(const std::string& name, const std::string& text) {
  header_["__metadata__"][name] = text;
}

void TensorFile::write(const std::filesystem::path& file) const {
  const std::string header = header_.dump();
  const auto length = static_cast<std::uint64_t>(header.size());
  DurableFile output(file);
  output.write(&length, sizeof length);
  output.write(header.data(), header.size());
  output.write(data_.data(), data_.size());
  output.commit();
}

}  // namespace nas::peers
