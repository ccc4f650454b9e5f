/// An architecture compiled for one batch size: a flat list of forward steps and one of backward
/// steps over buffers that a memory plan has laid into one arena.
///
/// Weights are read from the store at every `forward`, so programs of different architectures over
/// one store can be used in turn. A program is used by one thread at a time; several programs over
/// one store may run at once as long as nobody changes the store meanwhile. oneDNN runs in the
/// calling thread alone.
///
///     Program program(net, store, {.batch = 64, .mode = Mode::training});
///     std::ranges::copy(images, program.input().begin());      // N x C x H x W, plain
///     program.forward();
///     ... write d loss / d output to program.output_gradient() ...
///     program.backward();                                       // fills gradients()
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/base/precision.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas {

enum class Mode {
  inference,  ///< batch norm uses running statistics; no backward
  training,   ///< batch norm uses the batch's statistics
};

struct ProgramSettings {
  std::int64_t batch = 1;
  Mode mode = Mode::inference;
  /// Names of nodes whose value, and in training its gradient, somebody wants to see; that costs
  /// memory, and a copy where the engine has another layout than the plain one.
  std::vector<std::string> taps = {};
  bool input_gradient = false;  ///< training mode: also compute that of the network's input
  /// Training mode: false where nobody calls `backward`; then activations live no longer than in
  /// inference.
  bool backward = true;
  /// Consulted before the store, for whatever parameters it holds: running statistics of one
  /// evaluation's own, for instance, which leaves the store to others. As for the store, its shapes
  /// are those of the stored tensors, and it must outlive the program. Null: none.
  ParameterStore* overlay = nullptr;
  /// bf16 works on every machine; where it has no primitives of that type, each runs in float
  /// between conversions, so that values are rounded at the same places, which takes longer than
  /// float does: enough for tests, while runs call `require_precision` first.
  Precision precision = Precision::float32;
};

/// The gradient of one stored tensor, as the last `backward` left it, at the full size of the
/// tensor, in its plain layout. It is zero wherever it was not touched.
struct ParameterGradient {
  Parameter* parameter;
  std::span<const float> gradient;
  std::span<const ElementRun> touched;  ///< what the network uses of the tensor
};

/// What a batch norm saw in the last training `forward`; the variance is the biased one.
struct BatchStatistics {
  Parameter* running_mean;
  Parameter* running_variance;
  /// Which elements of the running statistics the batch norm's channels are.
  std::span<const ElementRun> mean_elements;
  std::span<const ElementRun> variance_elements;
  std::span<const float> mean;
  std::span<const float> variance;
  std::int64_t count;  ///< values per channel: N * H * W
  double momentum;     ///< share of the new value
};

class Program {
 public:
  /// `store` must hold the parameters of `architecture` (ParameterStore::prepare), keep their
  /// tensors where they are and outlive the program. Allocates everything that it will ever need.
  /// Throws Error(space) where the store lacks a parameter or holds it with another shape, and
  /// where the network does not have exactly one input; Error(internal) for a tap that is no node.
  Program(const Architecture& architecture, ParameterStore& store, ProgramSettings settings);
  ~Program();
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;

  std::int64_t batch() const;
  /// Plain N x C x H x W of the first input node; any values until it is written.
  std::span<float> input();
  /// Plain, of the output with the given index; valid until the next `forward`. Throws
  /// Error(internal) where there is no such output.
  std::span<const float> output(std::size_t index = 0) const;
  /// To be written between `forward` and `backward`. Error(internal) where there is no backward.
  std::span<float> output_gradient(std::size_t index = 0);

  /// Sets which inputs of the gated mix with this name are open, at first all. Until that is
  /// changed again the program is that of the network without the closed inputs, and without what
  /// only they need: `forward` and `backward` skip it, whatever its weights hold. Throws
  /// Error(internal) where there is no such mix, for another number of inputs than it has, and
  /// where none is open.
  void set_open(const std::string& mix, const std::vector<bool>& inputs);
  /// What the masks of dropout and drop_path follow from, from the next `forward` on: it, a node's
  /// name, the sample's place in the batch and a value's place in the sample. 0 at first. The same
  /// seed gives the same masks in every layout and on every instruction set.
  void set_seed(std::uint64_t seed);
  /// From the next `forward` on every drop_path has `scale` times its p: linear in the step for
  /// NASNet's ScheduledDropPath, whose p are linear in the depth of their cells. 1 at first. Throws
  /// Error(internal) unless it is from 0 to 1.
  void set_drop_scale(double scale);

  /// In training mode with the store's weights as they are then; in inference mode with those that
  /// were there when the program was made, or at the last `read_weights`.
  void forward();
  /// Calls `done` after each step, for whoever measures them: as often as there are step keys.
  void forward(const std::function<void()>& done);
  void backward();
  /// Reads the store again.
  void read_weights();

  /// Of every stored tensor that the open part of the network trains, in the order of first use;
  /// Parameter::role tells weights from coefficients. Valid until the next `set_open`.
  std::span<const ParameterGradient> gradients() const;
  /// Of the batch norms in the open part.
  std::span<const BatchStatistics> batch_statistics() const;

  /// Plain N x C x H x W of the value of ProgramSettings::taps[index], as the last `forward` that
  /// ran the node has left it.
  std::span<const float> tap(std::size_t index) const;
  /// The loss's gradient with respect to it, after `backward`. Error(internal) where there is no
  /// backward, as for every index that is out of range.
  std::span<const float> tap_gradient(std::size_t index) const;
  /// d loss / d input, plain. Only with ProgramSettings::input_gradient, otherwise Error(internal).
  std::span<const float> input_gradient() const;

  /// How many steps the last `forward` and the last `backward` have run.
  struct StepCount {
    std::size_t forward = 0;
    std::size_t backward = 0;
  };
  StepCount steps_run() const;

  /// Size of the arena that holds activations and their gradients.
  std::size_t arena_bytes() const;
  /// The most bytes live at any one step: no plan can be smaller.
  std::size_t liveness_bound_bytes() const;

 private:
  class Compiled;
  std::unique_ptr<Compiled> compiled_;
};

/// What a Program with these settings would allocate, without doing so: arena and parameters'
/// gradients.
std::size_t planned_bytes(const Architecture& architecture, const ProgramSettings& settings);

/// What a step of a program does and on which tensors, such as
/// "convolution out_channels=24 kernel_h=3 kernel_w=3 + batch_norm + relu" and
/// "1x16x14x14:aBcd16b 24x16x3x3:ABcd16b16a 1x24x14x14:aBcd16b". The first is an op, with those of
/// its attributes that differ from their defaults, and what is fused behind it; a change of layout
/// is "reorder". The second is sizes and layout of everything that the step reads and writes, in
/// oneDNN's notation. Steps of equal keys take equally long on one machine.
struct StepKey {
  std::string work;
  std::string tensors;
  friend auto operator<=>(const StepKey&, const StepKey&) = default;
};

/// Of each step of a Program's `forward`, in their order, without the program: nothing is allocated
/// for it and no code generated.
std::vector<StepKey> step_keys(const Architecture& architecture, const ProgramSettings& settings);

/// The instruction set that kernels use here, such as "avx512_core_bf16"; honours
/// DNNL_MAX_CPU_ISA.
std::string instruction_set();
/// Throws Error(config), with what is needed, where this machine lacks primitives of that type.
void require_precision(Precision precision);
/// "oneDNN 2.6.3".
std::string engine_version();

}  // namespace nas
