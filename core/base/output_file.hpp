/// A file whose name a user has given: never half-written, and never in the place of another one
/// unless that was asked for.
///
///     const OutputFile file("model.onnx", OutputFile::Existing::keep);   // before the work
///     file.write(bytes);                                                 // after it
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace nas {

class OutputFile {
 public:
  enum class Existing { keep, replace };

  /// Throws Error(io) where the name is taken (unless it is to be replaced; a folder never is) or
  /// its folder does not exist or may not be written to. Creates nothing. What is no file, such as
  /// a pipe or /dev/stdout, is written to as it is.
  OutputFile(std::filesystem::path path, Existing existing);

  /// All at once: into a file beside it, which then takes its name. Of a symbolic link the file
  /// that it points to is replaced. Throws Error(io), and leaves what was there.
  void write(std::string_view content) const;
  /// Likewise, by who wants a file to write: `make` is called with the name of one beside it, which
  /// is gone afterwards, whatever happens. Throws what `make` throws, and Error(io) for what is no
  /// file.
  void write_by(const std::function<void(const std::filesystem::path& file)>& make) const;

 private:
  [[noreturn]] void taken() const;
  void write_to_device(std::string_view content) const;

  std::filesystem::path path_;
  Existing existing_;
  bool is_device_ = false;
};

}  // namespace nas
