/// Equal for isomorphic architectures.
#pragma once

#include "core/architecture/architecture.hpp"
#include "core/base/hash.hpp"

namespace nas {

/// Weisfeiler-Lehman colour refinement over ops, attributes, shapes, outputs and ordered inputs
/// (unordered for commutative ops), in both directions along the edges; nodes that stay alike are
/// then marked one by one and refined again, which tells apart what refinement alone cannot (one
/// ring of eight, two rings of four). Names and the numbering of nodes do not matter.
Hash canonical_hash(const Architecture& architecture);

}  // namespace nas
