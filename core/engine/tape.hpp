/// What a network does, as flat lists of steps over buffers: preparation, forward, backward.
///
/// While a network is compiled, buffers are ids and steps are descriptions; nothing is allocated
/// and no code is generated. `Program` then gives the buffers their memory and the steps their
/// primitives.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "core/engine/dnnl.hpp"
#include "core/engine/gates.hpp"
#include "core/engine/memory_plan.hpp"

namespace nas::engine {

using BufferId = std::size_t;

/// Where a buffer's memory comes from.
enum class Home {
  arena,       ///< shared with buffers that live at other times
  persistent,  ///< its own for the life of the program: what is read after the run
  parameter,   ///< the store's
};

struct Buffer {
  Desc desc;
  Home home = Home::arena;
  BufferId storage = 0;    ///< the buffer whose memory this one is: itself, or what it reinterprets
  std::size_t offset = 0;  ///< bytes into that memory
};

struct Argument {
  int slot;  ///< DNNL_ARG_SRC, ...
  BufferId buffer;
};

struct PrimitiveStep {
  primitive_desc_base descriptor;
  std::vector<Argument> arguments;
  GuardId guard = always_open;
};

/// A kernel of our own, called with the addresses of its buffers.
using Call = std::function<void(std::span<float* const>)>;
struct CallStep {
  Call call;
  std::vector<BufferId> arguments;
  GuardId guard = always_open;
};

using Step = std::variant<PrimitiveStep, CallStep>;

/// The offset of each buffer in the block of its home, and the sizes of the blocks.
struct TapeMemory {
  std::vector<std::size_t> offsets;  ///< bytes; unused for buffers of parameters
  std::size_t arena_bytes = 0;
  std::size_t bound_bytes = 0;
  std::size_t persistent_bytes = 0;
};

/// When a step runs.
enum class Pass {
  preparation,  ///< before the first forward pass, and whenever parameters have changed
  forward,
  backward,
};

class Tape {
 public:
  BufferId add_buffer(const Desc& desc, Home home = Home::arena);
  /// The same memory under another description of equal size.
  BufferId reinterpret(BufferId buffer, const Desc& desc);
  /// Of the memory of `buffer`, what is described so from that element on.
  BufferId part(BufferId buffer, const Desc& desc, std::size_t first_element);
  const Buffer& buffer(BufferId id) const { return buffers_[id]; }
  const std::vector<Buffer>& buffers() const { return buffers_; }

  /// Steps added from now on belong to this pass; returns the one before.
  Pass enter(Pass pass) { return std::exchange(pass_, pass); }
  /// Steps added from now on are skipped while this guard is closed, except those of preparation:
  /// what is closed then may be opened before the next. Returns the guard before.
  GuardId set_guard(GuardId guard) { return std::exchange(guard_, guard); }
  GuardId guard() const { return guard_; }
  /// Adds a step, and the scratchpad that its descriptor asks for.
  void add(const primitive_desc_base& descriptor, std::vector<Argument> arguments);
  void add(Call call, std::vector<BufferId> arguments);
  /// Lets the step added last write `output` over `input`, should nobody need that afterwards.
  void allow_in_place(BufferId input, BufferId output);
  /// Keeps `buffer` from its first use on, or all the time.
  void keep_to_end(BufferId buffer) { kept_to_end_.push_back(buffer); }
  void keep_always(BufferId buffer) { kept_always_.push_back(buffer); }
  /// Somebody outside writes `buffer` between the two passes.
  void written_before_backward(BufferId buffer) { written_between_.push_back(buffer); }

  std::span<const Step> steps(Pass pass) const { return steps_[index(pass)]; }
  TapeMemory plan() const;

 private:
  struct InPlace {
    Pass pass;
    std::size_t step;
    BufferId input;
    BufferId output;
  };
  class Liveness;
  GuardId guard_of_step() const { return pass_ == Pass::preparation ? always_open : guard_; }
  static std::size_t index(Pass pass) { return static_cast<std::size_t>(pass); }

  std::vector<Buffer> buffers_;
  std::array<std::vector<Step>, 3> steps_;  ///< by Pass
  Pass pass_ = Pass::forward;
  GuardId guard_ = always_open;
  std::vector<InPlace> in_place_;
  std::vector<BufferId> kept_to_end_;
  std::vector<BufferId> kept_always_;
  std::vector<BufferId> written_between_;
};

/// Steps that are added while it lives belong to another pass.
class InPass {
 public:
  InPass(Tape& tape, Pass pass) : tape_(tape), before_(tape.enter(pass)) {}
  ~InPass() { tape_.enter(before_); }
  InPass(const InPass&) = delete;
  InPass& operator=(const InPass&) = delete;

 private:
  Tape& tape_;
  Pass before_;
};

}  // namespace nas::engine
