#include "core/engine/program.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/engine/compiler.hpp"
#include "core/engine/executable.hpp"
#include "core/engine/single_thread.hpp"
#include "core/engine/step_key.hpp"
#include "core/parameters/element_runs.hpp"

namespace nas {
namespace {

engine::CompiledNetwork compile(const Architecture& architecture, const ProgramSettings& settings) {
  const engine::SingleThread single_thread;
  return engine::Compiler(architecture, settings).compile();
}

/// The parameters of a store, those of an overlay before them.
class Parameters {
 public:
  Parameters(ParameterStore& store, ParameterStore* overlay) : store_(store), overlay_(overlay) {}

  Parameter& at(const std::string& name) const {
    const bool overlaid = overlay_ != nullptr && overlay_->contains(name);
    return overlaid ? overlay_->at(name) : store_.at(name);
  }

  /// Of every tensor that the network reads.
  std::vector<engine::Executable::Address> addresses(const engine::CompiledNetwork& network) const {
    std::vector<engine::Executable::Address> result;
    for (const engine::ParameterBuffer& parameter : network.parameters) {
      Parameter& stored = at(parameter.name);
      const engine::Dims expected = engine::extents(network.tape.buffer(parameter.buffer).desc);
      if (stored.shape != expected) {
        throw Error(
            ErrorKind::space,
            fmt::format("the store holds '{}' with shape ({}), the network needs ({}); "
                        "prepare the store for this architecture",
                        stored.name, fmt::join(stored.shape, ", "), fmt::join(expected, ", ")));
      }
      result.push_back({parameter.buffer, stored.value.data()});
    }
    return result;
  }

 private:
  ParameterStore& store_;
  ParameterStore* overlay_;
};

/// Which elements of its stored tensor a parameter is.
ElementRuns elements_of(const ParameterReference& reference) {
  const ResolvedReference resolved = resolve(reference);
  return runs_of(resolved.stages.front().part, reference.shape);
}

engine::BufferId at(std::span<const engine::BufferId> buffers, std::size_t index,
                    std::string_view what) {
  if (index < buffers.size()) return buffers[index];
  throw Error(ErrorKind::internal,
              fmt::format("no {} '{}'; the program has {} of them", what, index, buffers.size()));
}

}  // namespace

class Program::Compiled {
 public:
  Compiled(const Architecture& architecture, ParameterStore& store, ProgramSettings settings)
      : settings_(std::move(settings)),
        network_(compile(architecture, settings_)),
        parameters_(store, settings_.overlay),
        executable_(network_.tape, parameters_.addresses(network_), *network_.gates) {
    executable_.prepare();
    for (const engine::GradientBuffer& gradient : network_.gradients) {
      tensors_.push_back({&parameters_.at(gradient.name), values(gradient.buffer), {}});
    }
    for (const engine::StatisticsBuffers& statistics : network_.statistics) {
      add_norm(architecture, statistics);
    }
    find_open();
  }

  void set_open(const std::string& mix, const std::vector<bool>& inputs) {
    network_.gates->set_open(mix, inputs);
    find_open();
  }

  void forward() {
    *network_.randomness = randomness_;
    steps_run_.forward = executable_.forward();
  }
  void forward(const std::function<void()>& done) {
    *network_.randomness = randomness_;
    steps_run_.forward = executable_.forward(done);
  }

  void set_drop_scale(double scale) {
    if (!(scale >= 0 && scale <= 1)) {
      throw Error(ErrorKind::internal,
                  fmt::format("the drop scale is '{}'; it must be from 0 to 1", scale));
    }
    randomness_.drop_scale = scale;
  }

  void backward() {
    if (settings_.mode != Mode::training || !settings_.backward) {
      throw Error(ErrorKind::internal,
                  "backward needs a program that was compiled for it, with mode 'training'");
    }
    steps_run_.backward = executable_.backward();
  }

  const engine::Tap& tap(std::size_t index) const {
    if (index < network_.taps.size()) return network_.taps[index];
    throw Error(ErrorKind::internal, fmt::format("no tap '{}'; the program has {} of them", index,
                                                 network_.taps.size()));
  }

  std::span<float> values(engine::BufferId buffer) const {
    return {executable_.address(buffer),
            network_.tape.buffer(buffer).desc.get_size() / sizeof(float)};
  }

  std::span<const float> values(const std::optional<engine::BufferId>& buffer,
                                std::string_view what) const {
    if (buffer) return values(*buffer);
    throw Error(ErrorKind::internal,
                fmt::format("the program has no {}; {}", what,
                            settings_.mode == Mode::training ? "ask for it in its settings"
                                                             : "it needs mode 'training'"));
  }

  const ProgramSettings settings_;
  const engine::CompiledNetwork network_;
  const Parameters parameters_;
  engine::Executable executable_;
  engine::StepRandomness randomness_;  ///< of the next forward; backward has that of the last
  std::vector<ParameterGradient> gradients_;
  std::vector<BatchStatistics> statistics_;
  StepCount steps_run_;

 private:
  /// A stored tensor's gradient, and the elements that are touched where several open parts of the
  /// network use it.
  struct Trained {
    Parameter* parameter;
    std::span<const float> gradient;
    ElementRuns united;
  };
  struct Norm {
    engine::GuardId guard;
    ElementRuns mean_elements;
    ElementRuns variance_elements;
    BatchStatistics statistics;
  };

  void add_norm(const Architecture& architecture, const engine::StatisticsBuffers& buffers) {
    const ParameterReference mean = architecture.reference(buffers.node, "running_mean");
    const ParameterReference variance = architecture.reference(buffers.node, "running_variance");
    norms_.push_back({network_.gates->guard(buffers.node),
                      elements_of(mean),
                      elements_of(variance),
                      {.running_mean = &parameters_.at(mean.name),
                       .running_variance = &parameters_.at(variance.name),
                       .mean_elements = {},
                       .variance_elements = {},
                       .mean = values(buffers.mean),
                       .variance = values(buffers.variance),
                       .count = buffers.count,
                       .momentum = buffers.momentum}});
  }

  /// What is trained and measured while the gates are as they are.
  void find_open() {
    gradients_.clear();
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      Trained& tensor = tensors_[i];
      const std::span<const ElementRun> touched = open_elements(network_.gradients[i], tensor);
      if (touched.empty()) continue;
      gradients_.push_back({tensor.parameter, tensor.gradient, touched});
    }
    statistics_.clear();
    for (const Norm& norm : norms_) {
      if (!network_.gates->open(norm.guard)) continue;
      BatchStatistics& statistics = statistics_.emplace_back(norm.statistics);
      statistics.mean_elements = norm.mean_elements;
      statistics.variance_elements = norm.variance_elements;
    }
  }

  std::span<const ElementRun> open_elements(const engine::GradientBuffer& gradient,
                                            Trained& tensor) const {
    std::span<const ElementRun> touched;
    for (const engine::GradientBuffer::Part& part : gradient.parts) {
      if (!network_.gates->open(part.guard)) continue;
      if (!touched.empty()) {
        tensor.united = united(touched, part.runs);
        touched = tensor.united;
      } else {
        touched = part.runs;
      }
    }
    return touched;
  }

  std::vector<Trained> tensors_;  ///< as in the network's gradients
  std::vector<Norm> norms_;
};

Program::Program(const Architecture& architecture, ParameterStore& store, ProgramSettings settings)
    : compiled_(std::make_unique<Compiled>(architecture, store, std::move(settings))) {}
Program::~Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;

std::int64_t Program::batch() const { return compiled_->settings_.batch; }

std::span<float> Program::input() { return compiled_->values(compiled_->network_.input); }

std::span<const float> Program::output(std::size_t index) const {
  return compiled_->values(at(compiled_->network_.outputs, index, "output"));
}

std::span<float> Program::output_gradient(std::size_t index) {
  return compiled_->values(at(compiled_->network_.output_gradients, index, "output gradient"));
}

void Program::set_open(const std::string& mix, const std::vector<bool>& inputs) {
  compiled_->set_open(mix, inputs);
}
void Program::set_seed(std::uint64_t seed) { compiled_->randomness_.seed = seed; }
void Program::set_drop_scale(double scale) { compiled_->set_drop_scale(scale); }

void Program::read_weights() { compiled_->executable_.prepare(); }
void Program::forward() { compiled_->forward(); }
void Program::forward(const std::function<void()>& done) { compiled_->forward(done); }
void Program::backward() { compiled_->backward(); }

std::span<const ParameterGradient> Program::gradients() const { return compiled_->gradients_; }
std::span<const BatchStatistics> Program::batch_statistics() const {
  return compiled_->statistics_;
}

std::span<const float> Program::tap(std::size_t index) const {
  return compiled_->values(compiled_->tap(index).value);
}
std::span<const float> Program::tap_gradient(std::size_t index) const {
  return compiled_->values(compiled_->tap(index).gradient, "gradient of a tap");
}
std::span<const float> Program::input_gradient() const {
  return compiled_->values(compiled_->network_.input_gradient, "gradient of its input");
}

Program::StepCount Program::steps_run() const { return compiled_->steps_run_; }

std::size_t Program::arena_bytes() const { return compiled_->executable_.memory().arena_bytes; }
std::size_t Program::liveness_bound_bytes() const {
  return compiled_->executable_.memory().bound_bytes;
}

std::size_t planned_bytes(const Architecture& architecture, const ProgramSettings& settings) {
  const engine::TapeMemory memory = compile(architecture, settings).tape.plan();
  return memory.arena_bytes + memory.persistent_bytes;
}

std::vector<StepKey> step_keys(const Architecture& architecture, const ProgramSettings& settings) {
  const engine::CompiledNetwork network = compile(architecture, settings);
  const auto steps = network.tape.steps(engine::Pass::forward);
  std::vector<StepKey> keys;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    keys.push_back(engine::step_key(network.tape, steps[i], architecture,
                                    network.nodes_of_steps(engine::Pass::forward)[i]));
  }
  return keys;
}

}  // namespace nas
