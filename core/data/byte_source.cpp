#include "core/data/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

constexpr std::uint64_t first_block = 1 << 20;   // bytes
constexpr std::size_t largest_read = 1u << 30;   // gzread counts in int
constexpr unsigned inflate_buffer = 128 * 1024;  // bytes; zlib's default of 8 KiB costs time

[[noreturn]] void throw_unreadable(const std::filesystem::path& file, int error) {
  throw Error(ErrorKind::io,
              fmt::format("cannot read '{}': {}", file.string(), std::strerror(error)));
}

[[noreturn]] void throw_stream_error(const std::filesystem::path& file, gzFile stream) {
  int code = Z_OK;
  const std::string text = gzerror(stream, &code);
  if (code == Z_ERRNO) throw_unreadable(file, errno);
  if (code == Z_BUF_ERROR) {
    throw Error(ErrorKind::data, fmt::format("'{}' is cut off in the middle of its gzip stream; "
                                             "copy or download it again",
                                             file.string()));
  }
  throw Error(ErrorKind::data, fmt::format("the gzip file '{}' is damaged ({}); copy or download "
                                           "it again",
                                           file.string(), text));
}

}  // namespace

ByteSource::ByteSource(const std::filesystem::path& file)
    : file_(file), stream_(gzopen(file.c_str(), "rb"), gzclose_r) {
  if (!stream_) throw_unreadable(file_, errno);
  gzbuffer(stream_.get(), inflate_buffer);
  const bool plain = gzdirect(stream_.get()) != 0;
  if (plain && file_.extension() == ".gz") {
    throw Error(ErrorKind::data,
                fmt::format("'{}' is not a gzip file although its name ends in '.gz'; gzip it, or "
                            "drop the ending if it holds the plain data",
                            file_.string()));
  }
}

std::size_t ByteSource::read_block(std::uint8_t* to, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const auto wanted = static_cast<unsigned>(std::min(count - done, largest_read));
    const int got = gzread(stream_.get(), to + done, wanted);
    int code = Z_OK;
    gzerror(stream_.get(), &code);
    if (got < 0 || code != Z_OK) throw_stream_error(file_, stream_.get());
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  position_ += done;
  return done;
}

std::vector<std::uint8_t> ByteSource::read(std::uint64_t count) {
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < count) {
    const std::size_t old_size = bytes.size();
    const std::uint64_t block = std::max<std::uint64_t>(first_block, old_size);
    const auto grow = static_cast<std::size_t>(std::min(count - old_size, block));
    bytes.resize(old_size + grow);
    const std::size_t got = read_block(bytes.data() + old_size, grow);
    if (got < grow) {
      bytes.resize(old_size + got);
      break;
    }
  }
  return bytes;
}

std::vector<std::uint8_t> ByteSource::read_exactly(std::uint64_t count, std::string_view what) {
  std::vector<std::uint8_t> bytes = read(count);
  if (bytes.size() < count) {
    throw Error(ErrorKind::data,
                fmt::format("'{}' is truncated: for {}, {} bytes were expected and {} found; copy "
                            "or download it again",
                            file_.string(), what, count, bytes.size()));
  }
  return bytes;
}

std::vector<std::uint8_t> ByteSource::read_rest() {
  return read(std::numeric_limits<std::uint64_t>::max());
}

void ByteSource::expect_end() {
  const std::uint64_t expected = position_;
  std::uint8_t extra = 0;
  if (read_block(&extra, 1) == 0) return;
  throw Error(ErrorKind::data, fmt::format("'{}' has trailing bytes: its header announces {} bytes "
                                           "in all, but the file goes on after them",
                                           file_.string(), expected));
}

}  // namespace nas
