/// The errors that the distribution of a report is of.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/search/objective.hpp"

namespace nas {

/// How far a value of the objective is from perfect. Less is better.
struct ShownError {
  std::string name;  ///< "error (1 - val_accuracy)"
  double origin = 0;
  bool maximise = true;

  double of(double value) const { return maximise ? origin - value : value; }
};

/// By what the values look like: 1 minus shares, the distance to the best of other values that are
/// maximised, and what is minimised as it is.
ShownError shown_error(const Objective& objective, std::span<const double> values);

}  // namespace nas
