/// What a trained network must know of the samples that it has learnt from, as texts to keep with
/// its weights (core/parameters/weights_file.hpp).
///
/// | name | text |
/// |---|---|
/// | data | the dataset's name |
/// | data_hash | of its content |
/// | mean, deviation | JSON arrays, by channel: the network reads (value - mean) / deviation |
/// | class_names | JSON array of texts; absent where there are none |
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/data/split.hpp"

namespace nas {

using SampleNotes = std::map<std::string, std::string>;

SampleNotes notes_of(const Samples& samples);
/// Nothing where the notes have none. Throws Error(data) where they are damaged.
std::optional<Normalisation> noted_normalisation(const SampleNotes& notes);

}  // namespace nas
