#include "core/parameters/weights_file.hpp"

#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

#include <catch2/catch.hpp>

#include "core/architecture/blocks.hpp"
#include "tests/base/file_content.hpp"
#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"

using namespace nas;

namespace {

ParameterStore sample_store() {
  Architecture net;
  NodeId x = net.add(input_op({1, 4, 4}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 3, .kernel = 3}, {});
  add_classifier(net, x, 2);
  ParameterStore store;
  store.prepare(net, 1);
  store.create("stem.matrix", {2, 2}, ParameterRole::transform);
  store.create("mix.coefficient", {3}, ParameterRole::coefficient);
  store.at("stem.weight").value.data()[0] = -0.0F;
  store.at("stem.weight").value.data()[1] = std::numeric_limits<float>::denorm_min();
  return store;
}

/// A file with this header, padded as the format wants, and so many bytes of data.
std::string file_of(const std::string& header, std::size_t data_bytes) {
  std::string bytes(8, '\0');
  const auto length = static_cast<std::uint64_t>(header.size());
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data_bytes, '\0');
}

std::string tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"__metadata__":{"role.w":"weight"},"w":{"dtype":")" + dtype + R"(","shape":)" + shape +
         R"(,"data_offsets":)" + offsets + "}}";
}

}  // namespace

TEST_CASE("notes go with weights, and change nothing else") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "w.safetensors";
  const ParameterStore store = sample_store();
  const WeightNotes notes = {{"mean", "[0.5]"}, {"format", "not that of the file"}, {"empty", ""}};
  write_weights(store, file, notes);
  CHECK(read_weight_notes(file) == notes);
  CHECK(read_weights(file).all().size() == store.all().size());
  write_weights(store, file);
  CHECK(read_weight_notes(file).empty());
  rejection(ErrorKind::io, [&] { read_weight_notes(directory.path() / "nowhere"); });
  directory.write("w.safetensors", "short");
  rejection(ErrorKind::data, [&] { read_weight_notes(file); });
}

TEST_CASE("a weights file tells whether it is as it was written") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "w.safetensors";
  write_weights(sample_store(), file, {{"mean", "[0.5]"}});
  CHECK(weights_are_intact(file) == true);
  const std::string whole = file_content(file);
  const auto changed = [&](std::size_t place) {
    std::string bytes = whole;
    bytes[place] = static_cast<char>(bytes[place] ^ 1);
    directory.write("w.safetensors", bytes);
    return weights_are_intact(file);
  };
  CHECK(changed(whole.size() - 1) == false);
  CHECK(changed(whole.find("[0.5]") + 1) == false);
  directory.write("w.safetensors", file_of(tensor("F32", "[2]", "[0,8]"), 8));
  CHECK(weights_are_intact(file) == std::nullopt);
}

TEST_CASE("weights survive a round trip to the last bit") {
  const TemporaryDirectory directory;
  const ParameterStore store = sample_store();
  write_weights(store, directory.path() / "w.safetensors");
  const ParameterStore back = read_weights(directory.path() / "w.safetensors");
  REQUIRE(back.all().size() == store.all().size());
  for (const auto& [name, parameter] : store.all()) {
    const Parameter& other = back.at(name);
    REQUIRE(other.shape == parameter->shape);
    REQUIRE(other.role == parameter->role);
    REQUIRE(std::memcmp(other.value.data(), parameter->value.data(),
                        parameter->size() * sizeof(float)) == 0);
  }
}

TEST_CASE("a weights file is replaced as a whole, and leaves nothing else behind") {
  const TemporaryDirectory directory;
  directory.write("w.safetensors", "old");
  write_weights(sample_store(), directory.path() / "w.safetensors");
  REQUIRE(read_weights(directory.path() / "w.safetensors").contains("stem.weight"));
  const std::filesystem::directory_iterator files(directory.path());
  REQUIRE(std::distance(begin(files), end(files)) == 1);
}

TEST_CASE("damaged weights files are refused with the file's name") {
  struct Case {
    std::string bytes;
    std::string complaint;
  };
  const auto c = GENERATE(
      Case{"abc", "3 bytes"}, Case{std::string(8, '\xff'), "claims a length"},
      Case{file_of("{}", 0).substr(0, 9), "truncated"}, Case{file_of("[]", 0), "no JSON object"},
      Case{file_of("{\"w\":1}", 0), "description of 'w'"},
      Case{file_of(tensor("F16", "[1]", "[0,4]"), 4), "F16"},
      Case{file_of(tensor("F32", "[-1]", "[0,4]"), 4), "shape"},
      Case{file_of(tensor("F32", "[1]", "[0]"), 4), "data_offsets"},
      Case{file_of(tensor("F32", "[1]", "[0,8]"), 4), "damaged or truncated"},
      Case{file_of(tensor("F32", "[1]", "[0,8]"), 8), "takes 4 bytes"},
      Case{file_of(tensor("F32", "[1]", "[4,8]"), 8), "leave a hole"},
      Case{file_of(tensor("F32", "[1]", "[0,4]"), 8), "8 follow"},
      Case{file_of(tensor("F32", "[4611686018427387904,4]", "[0,4]"), 4), "shape"},
      Case{file_of(R"({"__metadata__":{"role.v":"weight","role.w":"weight"},)"
                   R"("v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                   R"("w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                   12),
           "overlap"},
      Case{file_of(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4), "role"});
  const TemporaryDirectory directory;
  const auto file = directory.write("w.safetensors", c.bytes);
  const std::string message = rejection(ErrorKind::data, [&] { read_weights(file); });
  REQUIRE_THAT(message, Catch::Contains(file.string()) && Catch::Contains(c.complaint));
}

TEST_CASE("a weights file that cannot be read or written is an input or output error") {
  const TemporaryDirectory directory;
  rejection(ErrorKind::io, [&] { read_weights(directory.path() / "none"); });
  rejection(ErrorKind::io, [&] { write_weights(sample_store(), directory.path() / "no/w"); });
}
