/// Weights on disk, in the safetensors format (8 bytes of header length, a JSON header, raw
/// little-endian data), which other tools read.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/parameters/parameter_store.hpp"

namespace nas {

/// Texts that go with weights, by name: what a network must know of its inputs, for instance. They
/// stand in the file's `__metadata__`, with "note." before their names.
using WeightNotes = std::map<std::string, std::string>;

/// Values only, no optimiser state; written to a temporary file and renamed. Throws Error(io).
void write_weights(const ParameterStore& store, const std::filesystem::path& file,
                   const WeightNotes& notes = {});
/// Throws Error(io) where it cannot be read and Error(data) where it is malformed.
ParameterStore read_weights(const std::filesystem::path& file);
/// Those that were written with them. Throws likewise.
WeightNotes read_weight_notes(const std::filesystem::path& file);
/// Whether the file is, to the last bit of weights, shapes and notes, what `write_weights` wrote:
/// its metadata has a hash of all else. Nothing where it has none, as files of other programs and
/// of earlier versions of this one. Throws likewise.
std::optional<bool> weights_are_intact(const std::filesystem::path& file);

}  // namespace nas
