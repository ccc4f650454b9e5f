#include "core/engine/program.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/engine/compiler.hpp"
#include "core/engine/executable.hpp"
#include "core/engine/single_thread.hpp"
#include "core/engine/step_key.hpp"

namespace nas {
namespace {

engine::CompiledNetwork compile(const Architecture& architecture, ProgramSettings settings) {
  const engine::SingleThread single_thread;
  return engine::Compiler(architecture, settings).compile();
}

/// Of every parameter that the network reads.
std::vector<engine::Executable::Address> addresses(const engine::CompiledNetwork& network,
                                                   ParameterStore& store) {
  std::vector<engine::Executable::Address> result;
  for (const engine::ParameterBuffer& parameter : network.parameters) {
    Parameter& stored = store.at(parameter.name);
    const engine::Dims expected = network.tape.buffer(parameter.buffer).desc.dims();
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
      : settings_(settings),
        network_(compile(architecture, settings)),
        executable_(network_.tape, addresses(network_, store)) {
    executable_.prepare();
    for (const engine::ParameterBuffer& gradient : network_.gradients) {
      gradients_.push_back({&store.at(gradient.name), values(gradient.buffer)});
    }
    for (const engine::StatisticsBuffers& statistics : network_.statistics) {
      statistics_.push_back({.running_mean = &store.at(statistics.running_mean),
                             .running_variance = &store.at(statistics.running_variance),
                             .mean = values(statistics.mean),
                             .variance = values(statistics.variance),
                             .count = statistics.count,
                             .momentum = statistics.momentum});
    }
  }

  void backward() {
    if (settings_.mode != Mode::training) {
      throw Error(ErrorKind::internal,
                  "backward needs a program that was compiled with mode 'training'");
    }
    executable_.backward();
  }

  std::span<float> values(engine::BufferId buffer) const {
    return {executable_.address(buffer),
            network_.tape.buffer(buffer).desc.get_size() / sizeof(float)};
  }

  const ProgramSettings settings_;
  const engine::CompiledNetwork network_;
  engine::Executable executable_;
  std::vector<ParameterGradient> gradients_;
  std::vector<BatchStatistics> statistics_;
};

Program::Program(const Architecture& architecture, ParameterStore& store, ProgramSettings settings)
    : compiled_(std::make_unique<Compiled>(architecture, store, settings)) {}
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

void Program::read_weights() { compiled_->executable_.prepare(); }
void Program::forward() { compiled_->executable_.forward(); }
void Program::forward(const std::function<void()>& done) { compiled_->executable_.forward(done); }
void Program::backward() { compiled_->backward(); }

std::span<const ParameterGradient> Program::gradients() const { return compiled_->gradients_; }
std::span<const BatchStatistics> Program::batch_statistics() const {
  return compiled_->statistics_;
}

std::size_t Program::arena_bytes() const { return compiled_->executable_.memory().arena_bytes; }
std::size_t Program::liveness_bound_bytes() const {
  return compiled_->executable_.memory().bound_bytes;
}

std::size_t planned_bytes(const Architecture& architecture, ProgramSettings settings) {
  const engine::TapeMemory memory = compile(architecture, settings).tape.plan();
  return memory.arena_bytes + memory.persistent_bytes;
}

std::vector<StepKey> step_keys(const Architecture& architecture, ProgramSettings settings) {
  const engine::CompiledNetwork network = compile(architecture, settings);
  const auto steps = network.tape.steps(engine::Pass::forward);
  std::vector<StepKey> keys;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    keys.push_back(engine::step_key(network.tape, steps[i], architecture, network.step_nodes[i]));
  }
  return keys;
}

}  // namespace nas
