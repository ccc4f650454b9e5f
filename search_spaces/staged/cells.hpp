/// Cells with everything decided, as ops.
#pragma once

#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "search_spaces/staged/description.hpp"

namespace nas {

/// One cell in a row of cells.
struct CellPlace {
  std::string name;        ///< of its weights
  std::int64_t width = 0;  ///< channels of every node
  /// Of the edges that leave the inputs.
  std::int64_t stride = 1;
  bool affine = true;
};

/// The outputs of the last two cells (the same twice before the first).
struct CellInputs {
  NodeId before_last;
  NodeId last;
};

/// `ops` has one op for each edge of the cell.
NodeId add_cell(Architecture& net, const CellInputs& inputs, const Cell& cell,
                const std::vector<EdgeOp>& ops, const CellPlace& place);

}  // namespace nas
