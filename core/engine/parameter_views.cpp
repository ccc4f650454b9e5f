#include "core/engine/parameter_views.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "core/architecture/stored_tensors.hpp"
#include "core/base/error.hpp"
#include "core/engine/kernels/view_steps.hpp"
#include "core/parameters/tensor.hpp"

namespace nas::engine {
namespace {

ElementRuns runs_of(const ViewStage& stage) { return nas::runs_of(stage.part, stage.shape); }

bool keeps_all(const ViewStage& stage) { return stage.part.count == stage.shape; }

/// Whether runs are one piece that begins where a tensor might: kernels want aligned buffers.
bool is_piece(const ElementRuns& runs) {
  return runs.size() == 1 && runs.front().begin % (Tensor::alignment / sizeof(float)) == 0;
}

Kernels kernels_of(const ViewStage& stage) {
  return {stage.shape[0] * stage.shape[1], stage.shape[2] * stage.shape[3]};
}

Dims matrix_dims(const ViewStage& stage) {
  const std::int64_t size = kernels_of(stage).size;
  return {size, size};
}

/// Calls share their runs, which may be many.
std::shared_ptr<const ElementRuns> shared(ElementRuns runs) {
  return std::make_shared<const ElementRuns>(std::move(runs));
}

}  // namespace

ParameterViews::ParameterViews(const Architecture& architecture, CompiledNetwork& network,
                               Mode mode)
    : architecture_(architecture), network_(network), mode_(mode) {}

void ParameterViews::add_gradients() {
  for (const StoredTensor& tensor : stored_tensors(architecture_)) {
    if (!is_trainable(tensor.role)) continue;
    places_.emplace(tensor.name, network_.gradients.size());
    const BufferId buffer = network_.tape.add_buffer(plain(tensor.shape), Home::persistent);
    network_.gradients.push_back({tensor.name, buffer, {}});
  }
  for (NodeId node = 0; node < architecture_.size(); ++node) {
    for (const ParameterSpec& spec : architecture_.parameters(node)) {
      if (is_trainable(spec.role)) touch(node, spec);
    }
  }
}

void ParameterViews::touch(NodeId node, const ParameterSpec& spec) {
  const ParameterReference reference = architecture_.reference(node, spec);
  const std::vector<ViewStage> stages = resolve(reference).stages;
  const ElementRuns runs = runs_of(stages.front());
  const GuardId guard = network_.gates->guard(node);
  ++uses_[reference.name];
  if (spec.role == ParameterRole::coefficient) {
    for (std::size_t i = 0; i < architecture_.inputs(node).size(); ++i) {
      touch(reference.name, network_.gates->guard(node, i), {{element_at(runs, i), 1}});
    }
  } else {
    touch(reference.name, guard, runs);
  }
  for (std::size_t i = 1; i < stages.size(); ++i) {
    ++uses_[stages[i].matrix];
    // All of it, as in Once-for-All, also where a part of the result is dropped.
    const auto size = static_cast<std::size_t>(kernels_of(stages[i]).size);
    touch(stages[i].matrix, guard, {{0, size * size}});
  }
}

void ParameterViews::touch(const std::string& name, GuardId guard, ElementRuns runs) {
  std::vector<GradientBuffer::Part>& parts = stored_gradient(name).parts;
  const auto known = std::ranges::find(parts, guard, &GradientBuffer::Part::guard);
  if (known == parts.end()) {
    parts.push_back({guard, std::move(runs)});
  } else {
    known->runs = united(known->runs, runs);
  }
}

GradientBuffer& ParameterViews::stored_gradient(const std::string& name) {
  const auto place = places_.find(name);
  if (place != places_.end()) return network_.gradients[place->second];
  throw Error(ErrorKind::internal, fmt::format("no node trains a parameter '{}'", name));
}

ParameterViews::View& ParameterViews::view(NodeId node, std::string_view suffix) {
  const auto [place, is_new] = views_.try_emplace({node, std::string(suffix)});
  View& view = place->second;
  if (is_new) {
    view.reference = architecture_.reference(node, suffix);
    view.resolved = resolve(view.reference);
  }
  return view;
}

BufferId ParameterViews::stored(const std::string& name, const std::vector<std::int64_t>& shape) {
  const auto known = stored_.find(name);
  if (known != stored_.end()) return known->second;
  const BufferId buffer = network_.tape.add_buffer(plain(shape), Home::parameter);
  stored_.emplace(name, buffer);
  network_.parameters.push_back({name, buffer});
  return buffer;
}

BufferId ParameterViews::value(NodeId node, std::string_view suffix) {
  View& view = this->view(node, suffix);
  if (view.value) return *view.value;
  const InPass reading(network_.tape, pass());
  const std::vector<ViewStage>& stages = view.resolved.stages;
  BufferId buffer = take(stored(view.reference.name, view.reference.shape), stages.front());
  for (std::size_t i = 1; i < stages.size(); ++i) {
    buffer = take(transform(view, stages[i], buffer), stages[i]);
  }
  view.value = network_.tape.reinterpret(buffer, plain(view.resolved.shape));
  return *view.value;
}

BufferId ParameterViews::take(BufferId whole, const ViewStage& stage) {
  Tape& tape = network_.tape;
  if (keeps_all(stage)) return whole;
  ElementRuns runs = runs_of(stage);
  const Desc desc = plain(stage.part.count);
  if (is_piece(runs)) return tape.part(whole, desc, runs.front().begin);
  const BufferId part = tape.add_buffer(desc, home());
  tape.add([runs = shared(std::move(runs))](
               std::span<float* const> buffers) { gather(*runs, buffers[0], buffers[1]); },
           {whole, part});
  return part;
}

BufferId ParameterViews::transform(View& view, const ViewStage& stage, BufferId source) {
  Tape& tape = network_.tape;
  const Dims dims = matrix_dims(stage);
  const Transform transform{stored(stage.matrix, dims), source};
  const BufferId transposed = tape.add_buffer(plain(dims));
  const BufferId result = tape.add_buffer(plain(stage.shape), home());
  tape.add(
      [kernels = kernels_of(stage)](std::span<float* const> buffers) {
        transform_kernels(kernels, buffers[0], buffers[1], buffers[2], buffers[3]);
      },
      {source, transform.matrix, transposed, result});
  view.transforms.push_back(transform);
  return result;
}

BufferId ParameterViews::gradient(NodeId node, std::string_view suffix) {
  View& view = this->view(node, suffix);
  if (view.gradient) return *view.gradient;
  Tape& tape = network_.tape;
  const Desc desc = plain(view.resolved.shape);
  const ViewStage& first = view.resolved.stages.front();
  const BufferId whole = stored_gradient(view.reference.name).buffer;
  const ElementRuns runs = runs_of(first);
  view.direct =
      used_once(view.reference.name) && view.resolved.stages.size() == 1 && is_piece(runs);
  if (!view.direct) {
    view.gradient = tape.add_buffer(desc);
  } else if (keeps_all(first)) {
    view.gradient = tape.reinterpret(whole, desc);
  } else {
    view.gradient = tape.part(whole, desc, runs.front().begin);
  }
  return *view.gradient;
}

void ParameterViews::clear_gradients() {
  for (const GradientBuffer& each : network_.gradients) {
    if (used_once(each.name)) continue;
    ElementRuns runs;
    for (const GradientBuffer::Part& part : each.parts) runs = united(runs, part.runs);
    network_.tape.add([runs = shared(std::move(runs))](
                          std::span<float* const> buffers) { clear(*runs, buffers[0]); },
                      {each.buffer});
  }
}

void ParameterViews::scatter_gradients(NodeId node) {
  for (const ParameterSpec& spec : architecture_.parameters(node)) {
    const auto place = views_.find({node, std::string(spec.suffix)});
    if (place == views_.end()) continue;
    const View& view = place->second;
    if (!view.gradient || view.direct) continue;
    const std::vector<ViewStage>& stages = view.resolved.stages;
    BufferId gradient = *view.gradient;
    for (std::size_t i = stages.size(); i-- > 1;) {
      gradient = transform_back(view.transforms[i - 1], stages[i], gradient);
    }
    scatter(gradient, view.reference.name, runs_of(stages.front()));
  }
}

BufferId ParameterViews::expand(const ViewStage& stage, BufferId gradient) {
  const BufferId whole = network_.tape.add_buffer(plain(stage.shape));
  const Kernels kernels = kernels_of(stage);
  network_.tape.add(
      [kernels, runs = shared(runs_of(stage))](std::span<float* const> buffers) {
        std::fill_n(buffers[1], kernels.count * kernels.size, 0.0F);
        engine::scatter(*runs, buffers[0], buffers[1]);
      },
      {gradient, whole});
  return whole;
}

BufferId ParameterViews::transform_back(const Transform& transform, const ViewStage& stage,
                                        BufferId gradient) {
  Tape& tape = network_.tape;
  const BufferId result_gradient = keeps_all(stage) ? gradient : expand(stage, gradient);
  const Dims dims = matrix_dims(stage);
  const bool direct = used_once(stage.matrix);
  const BufferId matrix_gradient =
      direct ? stored_gradient(stage.matrix).buffer : tape.add_buffer(plain(dims));
  const BufferId source_gradient = tape.add_buffer(plain(stage.shape));
  tape.add(
      [kernels = kernels_of(stage)](std::span<float* const> buffers) {
        transform_kernels_backward(kernels, buffers[0], buffers[1], buffers[2], buffers[3],
                                   buffers[4]);
      },
      {transform.source, transform.matrix, result_gradient, source_gradient, matrix_gradient});
  if (!direct) {
    const auto size = static_cast<std::size_t>(dims[0] * dims[1]);
    scatter(matrix_gradient, stage.matrix, {{0, size}});
  }
  return source_gradient;
}

void ParameterViews::scatter(BufferId gradient, const std::string& name, ElementRuns runs) {
  const bool sets = used_once(name);
  network_.tape.add(
      [sets, runs = shared(std::move(runs))](std::span<float* const> buffers) {
        sets ? engine::scatter(*runs, buffers[0], buffers[1])
             : scatter_add(*runs, buffers[0], buffers[1]);
      },
      {gradient, stored_gradient(name).buffer});
}

}  // namespace nas::engine
