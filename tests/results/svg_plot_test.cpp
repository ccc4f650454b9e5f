#include "results/svg_plot.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <sstream>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <catch2/catch.hpp>

#include "core/base/error.hpp"

namespace nas {
namespace {

using boost::property_tree::ptree;

ptree parsed(const std::string& svg) {
  std::istringstream text(svg);
  ptree tree;
  boost::property_tree::read_xml(text, tree);
  return tree.get_child("svg");
}

std::vector<ptree> elements(const ptree& svg, const std::string& name) {
  std::vector<ptree> found;
  for (const auto& [key, child] : svg) {
    if (key == name) found.push_back(child);
  }
  return found;
}

Plot two_lines() {
  return {.title = "A & B",
          .description = "Two <lines>",
          .x = {.label = "error, %"},
          .y = {.label = "share", .low = 0, .high = 1},
          .series = {{"first", {{10, 0}, {20, 0.5}, {30, 1}}, 0},
                     {"second \"quoted\"", {{15, 0}, {50, 1}}, 1, true}}};
}

TEST_CASE("a plot is well-formed, with title, labels and legend") {
  const ptree svg = parsed(to_svg(two_lines()));
  CHECK(svg.get<std::string>("title") == "A & B");
  CHECK(svg.get<std::string>("desc") == "Two <lines>");
  std::vector<std::string> texts;
  for (const ptree& text : elements(svg, "text")) texts.push_back(text.data());
  for (const char* wanted : {"A & B", "error, %", "share", "first", "second \"quoted\"", "0.4"}) {
    INFO(wanted);
    CHECK(std::ranges::find(texts, wanted) != texts.end());
  }
}

TEST_CASE("points are where the axes say") {
  const auto lines = elements(parsed(to_svg(two_lines())), "polyline");
  REQUIRE(lines.size() == 2);
  // The plot is from 78 to 736 and from 48 to 388; x from 10 to 50, y from 0 to 1.
  CHECK(lines[0].get<std::string>("<xmlattr>.points") == "78.00,388.00 242.50,218.00 407.00,48.00");
  CHECK(lines[0].get<std::string>("<xmlattr>.stroke") !=
        lines[1].get<std::string>("<xmlattr>.stroke"));
  CHECK_FALSE(lines[0].get_optional<std::string>("<xmlattr>.stroke-dasharray"));
  CHECK(lines[1].get_optional<std::string>("<xmlattr>.stroke-dasharray"));
}

TEST_CASE("more series than colours are still told apart") {
  Plot plot = two_lines();
  plot.series.clear();
  for (std::size_t i = 0; i < 14; ++i) plot.series.push_back({"s", {{0, 0}, {1, 1}}, i});
  std::set<std::string> styles;
  for (const ptree& line : elements(parsed(to_svg(plot)), "polyline")) {
    styles.insert(line.get<std::string>("<xmlattr>.stroke") +
                  line.get<std::string>("<xmlattr>.stroke-dasharray", ""));
  }
  CHECK(styles.size() == 14);
}

TEST_CASE("one point, or a constant, can be drawn") {
  Plot plot = two_lines();
  plot.y = {.label = "y"};
  plot.series = {{"constant", {{3, 7}}, 0}};
  const auto lines = elements(parsed(to_svg(plot)), "polyline");
  CHECK(lines[0].get<std::string>("<xmlattr>.points") == "407.00,218.00");
}

TEST_CASE("ticks are round numbers within the axis") {
  CHECK(axis_ticks(0, 1) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1});
  CHECK(axis_ticks(28.5, 61) == std::vector<double>{30, 35, 40, 45, 50, 55, 60});
  CHECK(axis_ticks(-3, 3) == std::vector<double>{-3, -2, -1, 0, 1, 2, 3});
  for (const double scale : {1e-6, 0.3, 7.0, 1234.5, 8e9}) {
    const auto ticks = axis_ticks(0.11 * scale, 1.7 * scale);
    CHECK(ticks.size() >= 4);
    CHECK(ticks.size() <= 10);
  }
}

TEST_CASE("a plot of nothing, or of what is no number, is a mistake") {
  Plot plot = two_lines();
  plot.series = {{"empty", {}, 0}};
  CHECK_THROWS_AS(to_svg(plot), Error);
  plot.series = {{"nan", {{1, std::numeric_limits<double>::quiet_NaN()}}, 0}};
  CHECK_THROWS_AS(to_svg(plot), Error);
}

}  // namespace
}  // namespace nas
