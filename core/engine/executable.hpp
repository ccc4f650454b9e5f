/// A tape with memory and machine code: the part of a program that runs.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

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

  /// Allocates the arena and what is persistent, and creates the primitives.
  Executable(const Tape& tape, std::span<const Address> parameters);

  /// Runs the steps that depend on parameters alone.
  void prepare();
  void forward();
  /// Calls `done` after each step.
  void forward(const std::function<void()>& done);
  void backward();

  float* address(BufferId buffer) const { return addresses_[buffer]; }
  const TapeMemory& memory() const { return memory_; }

 private:
  /// A step that is ready to run: a primitive with its arguments, or a call with its addresses.
  struct Action {
    dnnl::primitive primitive;
    std::vector<dnnl_exec_arg_t> arguments;
    Call call;
    std::vector<float*> addresses;
  };

  void find_addresses(const Tape& tape, std::span<const Address> parameters);
  std::vector<Action> actions(std::span<const Step> steps) const;
  void run(std::span<const Action> actions) const;
  void run(const Action& action) const;

  TapeMemory memory_;
  Tensor arena_;
  Tensor persistent_;
  std::vector<float*> addresses_;
  std::vector<dnnl::memory> buffers_;
  dnnl::stream stream_;
  std::vector<Action> preparation_;
  std::vector<Action> forward_;
  std::vector<Action> backward_;
};

}  // namespace nas::engine
