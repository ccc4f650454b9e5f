#include "core/training/compatibility.hpp"

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {

std::int64_t output_classes(const Architecture& architecture) {
  return architecture.shape(architecture.outputs().front()).elements();
}

void check_classifier(const Architecture& architecture) {
  const std::vector<NodeId>& outputs = architecture.outputs();
  const Shape& output = architecture.shape(outputs.front());
  if (outputs.size() != 1 || output.pixels() != 1) {
    throw Error(
        ErrorKind::space,
        fmt::format("the architecture gives {} of '{}', but images are classified by one "
                    "output of so many channels and 1x1 pixels; networks for dense "
                    "prediction cannot be trained yet",
                    outputs.size() == 1 ? "an output"
                                        : fmt::format("{} outputs, the first", outputs.size()),
                    output.text()));
  }
}

void check_compatible(const Architecture& architecture, const Samples& samples) {
  if (samples.count() == 0) {
    throw Error(ErrorKind::data,
                fmt::format("dataset '{}': no samples were selected; at least 1 is needed",
                            samples.dataset->name));
  }
  check_classifier(architecture);
  const Shape& expected = architecture.shape(architecture.input_nodes().front());
  const LabelledImages& images = samples.images();
  if (images.shape != expected) {
    throw Error(ErrorKind::data,
                fmt::format("dataset '{}' has images of '{}', but the architecture takes '{}'; "
                            "build it for the dataset's shape",
                            samples.dataset->name, images.shape.text(), expected.text()));
  }
  const std::int64_t classes = output_classes(architecture);
  for (const std::uint32_t index : samples.indices) {
    const std::int32_t label = images.labels[index];
    if (label >= 0 && label < classes) continue;
    throw Error(ErrorKind::data,
                fmt::format("dataset '{}': image {} has label '{}', but the architecture has {} "
                            "classes (0 to {}); build it for the dataset's classes",
                            samples.dataset->name, index, label, classes, classes - 1));
  }
}

}  // namespace nas
