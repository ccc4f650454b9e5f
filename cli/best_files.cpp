#include "cli/best_files.hpp"

#include <nlohmann/json.hpp>

#include "core/architecture/architecture_json.hpp"
#include "core/base/durable_file.hpp"
#include "results/run_directory.hpp"

namespace nas::cli {

void write_architecture(const std::filesystem::path& best, const Architecture& architecture) {
  write_durably(best / "architecture.json", to_json(architecture).dump(2) + "\n");
  write_durably(best / "architecture.dot", to_dot(architecture));
}

std::filesystem::path weights_file(const std::filesystem::path& best) {
  return best / "weights.safetensors";
}

std::filesystem::path architecture_file(const std::filesystem::path& given) {
  return RunDirectory::is_run(given) ? given / "best" / "architecture.json" : given;
}

}  // namespace nas::cli
