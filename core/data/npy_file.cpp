#include "core/data/npy_file.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/data/byte_source.hpp"
#include "core/data/labelled_array.hpp"

namespace nas {
namespace {

constexpr std::string_view magic_string = "\x93NUMPY";
constexpr std::uint64_t longest_header = 1 << 16;  // bytes; NumPy itself stops at 10,000

/// Reads the few Python literals that a header consists of.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::filesystem::path& file)
      : text_(text), rest_(text), file_(file) {}

  NpyHeader parse() {
    NpyHeader header;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr") {
        read_type(header);
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
      } else if (key == "shape") {
        header.shape = shape();
        has_shape_ = true;
      } else {
        fail();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (header.kind == 0 || !has_shape_) fail();
    return header;
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorKind::data,
                fmt::format("the header of '{}' cannot be understood: '{}'; expected such as "
                            "{{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }}",
                            file_.string(), text_));
  }

  void skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) {
      rest_.remove_prefix(1);
    }
  }

  bool accept(char wanted) {
    skip_space();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted)) fail();
  }

  bool accept_word(std::string_view word) {
    skip_space();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::string_view string() {
    skip_space();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"') fail();
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) fail();
    const std::string_view content = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return content;
  }

  bool boolean() {
    if (accept_word("True")) return true;
    if (!accept_word("False")) fail();
    return false;
  }

  std::uint64_t number() {
    skip_space();
    std::uint64_t value = 0;
    const char* end = rest_.data() + rest_.size();
    const auto [stop, error] = std::from_chars(rest_.data(), end, value);
    if (error != std::errc()) fail();
    rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
    return value;
  }

  std::vector<std::uint64_t> shape() {
    std::vector<std::uint64_t> dimensions;
    expect('(');
    while (!accept(')')) {
      dimensions.push_back(number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return dimensions;
  }

  void read_type(NpyHeader& header) {
    skip_space();
    if (rest_.starts_with('[')) {
      throw Error(ErrorKind::data,
                  fmt::format("'{}' holds records (a structured type); save plain numbers",
                              file_.string()));
    }
    const std::string_view type = string();
    if (type.size() < 3) fail();
    header.byte_order = type[0];
    header.kind = type[1];
    const char* end = type.data() + type.size();
    const auto [stop, error] = std::from_chars(type.data() + 2, end, header.item_size);
    if (error != std::errc() || header.item_size == 0) fail();
  }

  std::string_view text_;
  std::string_view rest_;
  const std::filesystem::path& file_;
  bool has_shape_ = false;
};

std::string read_header_text(ByteSource& source) {
  const auto preamble = source.read_exactly(8, "the magic string and version");
  if (!std::equal(magic_string.begin(), magic_string.end(), preamble.begin(),
                  [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; })) {
    throw Error(ErrorKind::data, fmt::format("'{}' is not a NumPy file: it begins with {:02x}",
                                             source.file().string(), fmt::join(preamble, " ")));
  }
  const int version = preamble[6];
  if (version < 1 || version > 3) {
    throw Error(ErrorKind::data,
                fmt::format("'{}' has version '{}.{}' of NumPy's format; 1 to 3 are read",
                            source.file().string(), version, preamble[7]));
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const auto encoded = source.read_exactly(length_bytes, "the length of the header");
  std::uint64_t length = 0;
  for (std::size_t i = length_bytes; i > 0; --i) length = length << 8 | encoded[i - 1];
  if (length > longest_header) {
    throw Error(ErrorKind::data, fmt::format("'{}' announces a header of {} bytes; at most {} are "
                                             "read",
                                             source.file().string(), length, longest_header));
  }
  const auto bytes = source.read_exactly(length, "the header");
  return std::string(bytes.begin(), bytes.end());
}

void check_layout(const NpyHeader& header, const std::filesystem::path& file,
                  std::string_view kinds) {
  if (kinds.find(header.kind) == std::string_view::npos) {
    throw Error(ErrorKind::data,
                fmt::format("'{}' has the type '{}'; {}", file.string(), header.type(),
                            kinds == "uf" ? "images must be '|u1', '<f4' or '<f8': save "
                                            "x.astype(numpy.float32)"
                                          : "labels must be whole numbers: save "
                                            "y.astype(numpy.int64)"));
  }
  if (header.byte_order == '>') {
    throw Error(ErrorKind::data,
                fmt::format("'{}' is big-endian ('{}'); save x.astype('<{}{}')", file.string(),
                            header.type(), header.kind, header.item_size));
  }
  if (header.fortran_order) {
    throw Error(ErrorKind::data, fmt::format("'{}' is in Fortran order; save "
                                             "numpy.ascontiguousarray(x)",
                                             file.string()));
  }
}

}  // namespace

std::string NpyHeader::type() const { return fmt::format("{}{}{}", byte_order, kind, item_size); }

NpyHeader parse_npy_header(std::string_view text, const std::filesystem::path& file) {
  return HeaderParser(text, file).parse();
}

NpyArray read_npy_array(const std::filesystem::path& file, std::string_view kinds) {
  ByteSource source(file);
  const std::string text = read_header_text(source);
  NpyArray array;
  array.header = parse_npy_header(text, file);
  check_layout(array.header, file, kinds);
  const std::string what = fmt::format("'{}' values of shape ({})", array.header.type(),
                                       fmt::join(array.header.shape, ", "));
  array.bytes = source.read_exactly(byte_count(array.header.shape, array.header.item_size), what);
  source.expect_end();
  return array;
}

}  // namespace nas
