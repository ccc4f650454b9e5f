/// When a training is not worth going on with.
///
/// The median stopping rule of Vizier (Golovin, Solnik, Moitra, Kochanski, Karro, Sculley 2017,
/// section 3.2.1): a trial stops after step s if its best value so far is strictly worse than the
/// median, over the other trials, of the mean of their values up to step s.
///
/// The others are the successful trials that the strategy had been told of when this one was
/// proposed, with the same share of the data and the same resolution: no more and no fewer for any
/// number of jobs. Those that were stopped themselves count with what they have.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/search/estimator.hpp"

namespace nas::train_estimator {

/// Whether a trial of this fidelity, whose curve so far is `own` (not empty; more is better), stops
/// after the last of its points. Never where fewer than `least` others count.
bool stops(std::span<const CurvePoint> own, const Fidelity& fidelity,
           std::span<const LearningCurve> others, std::size_t least);

}  // namespace nas::train_estimator
