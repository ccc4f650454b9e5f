/// The checkpoints of a run, a file each: `checkpoints/<trial>`. FORMAT.md says how long they stay.
#pragma once

#include "core/search/checkpoints.hpp"

namespace nas {

class CheckpointDirectory final : public CheckpointStore {
 public:
  /// Made when the first file is asked for.
  explicit CheckpointDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path file(std::int64_t trial) override;
  void remove(std::int64_t trial) override;
  void clear() override;

 private:
  std::filesystem::path file_of(std::int64_t trial) const;

  const std::filesystem::path path_;
};

}  // namespace nas
