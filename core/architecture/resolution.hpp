/// The same network for smaller samples.
#pragma once

#include "core/architecture/architecture.hpp"

namespace nas {

/// `share` of each side of an input of this shape, in (0, 1], rounded, at least one pixel.
Shape at_resolution(const Shape& input, double share);

/// Every node of `architecture` added again over inputs with `share` of each side: shapes follow
/// from the ops, names and parameters stay. Throws Error(space), naming the node, where an op fits
/// the old size alone: a pooling larger than what is left, a resolution that is an attribute, a
/// view of a weight whose shape has changed (of a linear layer over pixels).
Architecture at_resolution(const Architecture& architecture, double share);

}  // namespace nas
