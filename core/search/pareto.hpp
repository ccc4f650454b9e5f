/// Points of several objectives: who dominates whom, in what fronts, how crowded, how much they
/// cover. All objectives are minimised; all points have the same number of them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace nas {

using Point = std::vector<double>;

/// Nowhere larger.
bool weakly_dominates(std::span<const double> a, std::span<const double> b);
/// Nowhere larger and somewhere smaller.
bool dominates(std::span<const double> a, std::span<const double> b);

/// Non-dominated sorting (Deb, Pratap, Agarwal, Meyarivan 2002, NSGA-II): the points that no other
/// dominates, those that only the first front dominates, and so on. Indices into `points`, in each
/// front ascending; every point is in one front, equal points are in the same.
std::vector<std::vector<std::size_t>> non_dominated_fronts(std::span<const Point> points);

/// The crowding distance of each point of one front (Deb et al. 2002): summed over the objectives,
/// the distance between the neighbours on both sides as a share of the front's extent; infinite for
/// the first and last in any objective. As in the paper it is a sum, not a mean. An objective in
/// which all are equal adds nothing. Of equal values the lower index comes first.
std::vector<double> crowding_distances(std::span<const Point> front);

/// The volume of what the points dominate within the box below `reference`. A point that is not
/// below it in every objective adds nothing; 0 without points.
///
/// One and two objectives: exactly, by sorting. More: exactly, by the WFG algorithm (While,
/// Bradstreet, Barone 2012), which takes exponential time in the worst case; meant for fronts of a
/// few hundred points in up to five objectives.
double hypervolume(std::span<const Point> points, const Point& reference);

}  // namespace nas
