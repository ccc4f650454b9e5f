/// The point of a search space that strategies move.
#pragma once

#include <compare>
#include <string>
#include <vector>

namespace nas {

/// One choice that a space leaves open.
struct Decision {
  std::string name;                  ///< "stage1.block0.kernel"
  std::vector<std::string> options;  ///< "3", "5", "7"
  bool ordered = false;              ///< neighbouring options are alike
};

/// One answer per decision: indices into the options. Of a space of free-form graphs: whole numbers
/// that mean what that space says, as many as it needs.
struct Genotype {
  std::vector<int> answers;

  /// "[0,2,1]", as on the command line and in JSON.
  std::string text() const;
  friend auto operator<=>(const Genotype&, const Genotype&) = default;
};

/// Reads what `text` writes. Throws Error(usage).
Genotype parse_genotype(const std::string& text);

}  // namespace nas
