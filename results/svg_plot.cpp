#include "results/svg_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "results/markup_text.hpp"

namespace nas {
namespace {

/// Okabe and Ito 2008, without the yellow, which is too light for lines on white.
constexpr std::array<std::string_view, 7> palette = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                     "#E69F00", "#56B4E9", "#000000"};

// All lengths in pixels at the natural size.
constexpr double width = 760;
constexpr double left = 78;
constexpr double right = 24;
constexpr double top = 48;
constexpr double plot_height = 340;
constexpr double below_axis = 62;   // numbers and label
constexpr double legend_line = 22;  // one series
constexpr double legend_margin = 10;
constexpr double sample_length = 34;  // of a line in the legend
constexpr double plot_width = width - left - right;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double share(double value) const { return (value - low) / (high - low); }
};

/// What an axis shows: the values, then what the caller wants; never an empty range.
Range resolved(Range range, const PlotAxis& axis) {
  if (axis.low) range.low = *axis.low;
  if (axis.high) range.high = *axis.high;
  if (range.high > range.low) return range;
  const double margin = std::max(std::abs(range.low) / 2, 0.5);
  return {range.low - margin, range.low + margin};
}

std::pair<Range, Range> ranges_of(const Plot& plot) {
  Range x, y;
  for (const PlotSeries& series : plot.series) {
    for (const auto& [a, b] : series.points) {
      if (!std::isfinite(a) || !std::isfinite(b)) {
        throw Error(ErrorKind::internal,
                    fmt::format("a plot of the point ({}, {}) in '{}'", a, b, series.name));
      }
      x.include(a);
      y.include(b);
    }
  }
  if (x.low > x.high) throw Error(ErrorKind::internal, "a plot without points");
  return {resolved(x, plot.x), resolved(y, plot.y)};
}

/// The frame, the grid, numbers and labels.
class Canvas {
 public:
  explicit Canvas(const Plot& plot) : plot_(plot) {
    std::tie(x_, y_) = ranges_of(plot);
    height_ = top + plot_height + below_axis +
              legend_line * static_cast<double>(plot.series.size()) + legend_margin;
  }

  std::string draw() {
    open();
    add_grid();
    add_labels();
    for (const PlotSeries& series : plot_.series) add_line(series);
    for (std::size_t i = 0; i < plot_.series.size(); ++i) add_legend(i);
    return svg_ + "</svg>\n";
  }

 private:
  double x_of(double value) const { return left + plot_width * x_.share(value); }
  double y_of(double value) const { return top + plot_height * (1 - y_.share(value)); }

  void open() {
    svg_ = fmt::format(
        R"(<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" font-family="sans-serif" font-size="14">
<title>{2}</title>
<desc>{3}</desc>
<rect width="{0}" height="{1}" fill="white"/>
<clipPath id="frame"><rect x="{4}" y="{5}" width="{6}" height="{7}"/></clipPath>
)",
        width, height_, markup_text(plot_.title), markup_text(plot_.description), left - 1, top - 1,
        plot_width + 2, plot_height + 2);
  }

  void add_text(double x, double y, std::string_view anchor, std::string_view text,
                std::string_view more = "") {
    svg_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                        anchor, more, markup_text(text));
  }

  void add_rule(double x1, double y1, double x2, double y2, std::string_view colour) {
    svg_ += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x1, y1,
        x2, y2, colour);
  }

  void add_grid() {
    constexpr std::string_view grid = "#DDDDDD";
    constexpr std::string_view frame = "#444444";
    for (const double tick : axis_ticks(x_.low, x_.high)) {
      add_rule(x_of(tick), top, x_of(tick), top + plot_height, grid);
      add_text(x_of(tick), top + plot_height + 20, "middle", fmt::format("{:g}", tick));
    }
    for (const double tick : axis_ticks(y_.low, y_.high)) {
      add_rule(left, y_of(tick), left + plot_width, y_of(tick), grid);
      add_text(left - 8, y_of(tick) + 5, "end", fmt::format("{:g}", tick));
    }
    add_rule(left, top, left, top + plot_height, frame);
    add_rule(left, top + plot_height, left + plot_width, top + plot_height, frame);
  }

  void add_labels() {
    add_text(left, top - 20, "start", plot_.title, R"( font-size="17" font-weight="bold")");
    add_text(left + plot_width / 2, top + plot_height + 46, "middle", plot_.x.label);
    const double middle = top + plot_height / 2;
    add_text(22, middle, "middle", plot_.y.label,
             fmt::format(R"x( transform="rotate(-90 22 {:.1f})")x", middle));
  }

  static std::string stroke(const PlotSeries& series) {
    const bool dashed = series.dashed || series.colour >= palette.size();
    return fmt::format(R"(fill="none" stroke="{}" stroke-width="2"{})",
                       palette[series.colour % palette.size()],
                       dashed ? R"( stroke-dasharray="7 4")" : "");
  }

  void add_line(const PlotSeries& series) {
    std::string points;
    for (const auto& [a, b] : series.points) {
      points += fmt::format("{}{:.2f},{:.2f}", points.empty() ? "" : " ", x_of(a), y_of(b));
    }
    svg_ += fmt::format("<polyline {} clip-path=\"url(#frame)\" points=\"{}\"/>\n", stroke(series),
                        points);
  }

  void add_legend(std::size_t i) {
    const double y = top + plot_height + below_axis + legend_line * (static_cast<double>(i) + 0.5);
    svg_ += fmt::format("<path {} d=\"M{:.1f} {:.1f}h{}\"/>\n", stroke(plot_.series[i]), left, y,
                        sample_length);
    add_text(left + sample_length + 8, y + 5, "start", plot_.series[i].name);
  }

  const Plot& plot_;
  Range x_;
  Range y_;
  double height_ = 0;
  std::string svg_;
};

}  // namespace

std::vector<double> axis_ticks(double low, double high) {
  constexpr double most = 8;
  const double raw = (high - low) / most;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1, 2, 5}) {
    if (factor * power < raw) continue;
    step = factor * power;
    break;
  }
  constexpr double tolerance = 1e-9;  // of a step: the ends of the axis count
  std::vector<double> ticks;
  const double first = std::ceil(low / step - tolerance);
  const double last = std::floor(high / step + tolerance);
  for (double i = first; i <= last; ++i) ticks.push_back(i == 0 ? 0 : i * step);
  return ticks;
}

std::string to_svg(const Plot& plot) { return Canvas(plot).draw(); }

}  // namespace nas
