/// Weights on disk, in the safetensors format (8 bytes of header length, a JSON header, raw
/// little-endian data), which other tools read.
#pragma once

#include <filesystem>

#include "core/parameters/parameter_store.hpp"

namespace nas {

/// Values only, no optimiser state; written to a temporary file and renamed. Throws Error(io).
void write_weights(const ParameterStore& store, const std::filesystem::path& file);
/// Throws Error(io) where it cannot be read and Error(data) where it is malformed.
ParameterStore read_weights(const std::filesystem::path& file);

}  // namespace nas
