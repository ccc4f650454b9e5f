/// Equal for isomorphic architectures.
#pragma once

#include "core/architecture/architecture.hpp"
#include "core/base/hash.hpp"

namespace nas {

/// Weisfeiler-Lehman colour refinement over ops, attributes, shapes, outputs and ordered inputs
/// (unordered for commutative ops), in both directions along the edges; nodes that stay alike are
/// then marked one by one and refined again, which tells apart what refinement alone cannot (one
/// ring of eight, two rings of four). Names and the numbering of nodes do not matter.
///
/// Of the parameters' references count: views, worked out (two chains that come to the same part
/// and transforms are alike), with the shape of the tensor that they are of; and who shares with
/// whom within the network: a tensor that is used more than once, as a parameter or as the matrix
/// of a transform, is a vertex of its own, linked to its users. What a stored tensor is called, and
/// whether other networks use it, does not count; default references add nothing.
Hash canonical_hash(const Architecture& architecture);

}  // namespace nas
