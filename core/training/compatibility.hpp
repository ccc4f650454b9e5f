/// Whether an architecture can be trained or evaluated on some samples.
#pragma once

#include "core/architecture/architecture.hpp"
#include "core/data/split.hpp"

namespace nas {

/// Throws Error(space) where the architecture has more outputs than one, or one with more than 1x1
/// pixels: it does not classify images.
void check_classifier(const Architecture& architecture);

/// As check_classifier, and throws Error(data) where there are no samples, their shape is
/// not the architecture's input, or a label is not one of its classes.
void check_compatible(const Architecture& architecture, const Samples& samples);

/// The number of logits that the architecture's first output gives.
std::int64_t output_classes(const Architecture& architecture);

}  // namespace nas
