/// A tape with memory and machine code: the part of a program that runs.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/engine/arena.hpp"
#include "core/engine/dnnl.hpp"
#include "core/engine/tape.hpp"
#include "core/parameters/tensor.hpp"

namespace nas::engine {

class Executable {
 public:
  /// Where a buffer of home `parameter` lives.
  struct Address {
    BufferId buffer;
    float* address;
  };

  /// Allocates the arena and what is persistent, and creates the primitives. `gates` must outlive
  /// the executable; steps whose guard is closed when they come up are skipped.
  Executable(const Tape& tape, std::span<const Address> parameters, const Gates& gates);

  /// Runs the steps that depend on parameters alone.
  void prepare();
  /// How many steps were run, as for the others.
  std::size_t forward();
  std::size_t backward();
  /// These call `done` after each step, also one that is skipped.
  std::size_t forward(const std::function<void()>& done);
  std::size_t backward(const std::function<void()>& done);

  float* address(BufferId buffer) const { return addresses_[buffer]; }
  const TapeMemory& memory() const { return memory_; }

 private:
  /// A step that is ready to run: a primitive with its arguments, or a call with its addresses.
  struct Action {
    dnnl::primitive primitive;
    std::vector<dnnl_exec_arg_t> arguments;
    Call call;
    std::vector<float*> addresses;
    GuardId guard;
  };

  void find_addresses(const Tape& tape, std::span<const Address> parameters);
  std::vector<Action> actions(std::span<const Step> steps) const;
  std::size_t run(std::span<const Action> actions) const;
  std::size_t run(std::span<const Action> actions, const std::function<void()>& done) const;
  /// Whether it was run.
  bool run(const Action& action) const;
  void execute(const Action& action) const;

  const Gates* gates_;
  TapeMemory memory_;
  Arena arena_;
  Tensor persistent_;
  std::vector<float*> addresses_;
  std::vector<dnnl::memory> buffers_;
  dnnl::stream stream_;
  std::vector<Action> preparation_;
  std::vector<Action> forward_;
  std::vector<Action> backward_;
};

}  // namespace nas::engine
