#include "results/onnx/upsampling.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace nas::onnx_export {
namespace {

/// Resize gives floor(size * scale) pixels: the quotient, or the next float for which that is
/// right. (Sizes instead of scales would need the number of samples.)
float scale_of(std::int64_t from, std::int64_t to) {
  float scale = static_cast<float>(to) / static_cast<float>(from);
  while (std::floor(static_cast<float>(from) * scale) < static_cast<float>(to)) {
    scale = std::nextafter(scale, std::numeric_limits<float>::max());
  }
  return scale;
}

/// Whole numbers of pixels that are copies of one: then Resize's division is exact.
bool is_repeated(const Upsampling& upsampling) {
  return upsampling.output.height % upsampling.input.height == 0 &&
         upsampling.output.width % upsampling.input.width == 0;
}

/// Which rows or columns to take, which no rounding of quotients can change.
std::string add_choice(GraphBuilder& graph, const std::string& image, const std::string& name,
                       std::int64_t axis, std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < to; ++i) indices.push_back(i * from / to);
  const std::string chosen = graph.constant(name + "/indices", std::move(indices));
  return graph.add("Gather", name, {image, chosen}, {{"axis", axis}});
}

}  // namespace

std::string add_upsampling(GraphBuilder& graph, const std::string& image, const std::string& name,
                           const Upsampling& upsampling) {
  const Shape& in = upsampling.input;
  const Shape& out = upsampling.output;
  if (!upsampling.bilinear && !is_repeated(upsampling)) {
    const std::string rows = add_choice(graph, image, name + "/rows", 2, in.height, out.height);
    return add_choice(graph, rows, name, 3, in.width, out.width);
  }
  const std::string scales = graph.constant(
      name + "/scales", {4},
      std::vector<float>{1, 1, scale_of(in.height, out.height), scale_of(in.width, out.width)});
  const std::string half_pixel = "half_pixel", asymmetric = "asymmetric";
  if (upsampling.bilinear) {
    return graph.add(
        "Resize", name, {image, "", scales},
        {{"mode", std::string("linear")}, {"coordinate_transformation_mode", half_pixel}});
  }
  return graph.add("Resize", name, {image, "", scales},
                   {{"mode", std::string("nearest")},
                    {"nearest_mode", std::string("floor")},
                    {"coordinate_transformation_mode", asymmetric}});
}

}  // namespace nas::onnx_export
