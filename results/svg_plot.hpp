/// Line charts as SVG: one text, no scripts, no fonts or pictures from elsewhere.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nas {

struct PlotAxis {
  std::string label;  ///< with the unit: "error, %"
  /// Of the values shown; nothing: those that there are.
  std::optional<double> low = {};
  std::optional<double> high = {};
};

struct PlotSeries {
  std::string name;  ///< in the legend
  std::vector<std::pair<double, double>> points;
  /// Which colour; equal numbers are drawn alike. The first seven can be told apart with any colour
  /// vision (Okabe and Ito 2008); further ones begin again, in dashes.
  std::size_t colour = 0;
  bool dashed = false;
};

/// Series are drawn in their order over a grid, points joined by straight lines; the legend stands
/// below, one line for each.
struct Plot {
  std::string title;
  std::string description;  ///< for those who hear the picture
  PlotAxis x;
  PlotAxis y;
  std::vector<PlotSeries> series;
};

/// Round numbers, four to ten of them, that lie within `low` … `high`: multiples of 1, 2 or 5 times
/// a power of ten.
std::vector<double> axis_ticks(double low, double high);

/// UTF-8. Throws Error(internal) where there is no point at all, or one is no finite number.
std::string to_svg(const Plot& plot);

}  // namespace nas
