#include "core/engine/tape.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/parameters/tensor.hpp"

namespace nas::engine {
namespace {

std::vector<BufferId> buffers_of(const Step& step) {
  if (const auto* call = std::get_if<CallStep>(&step)) return call->arguments;
  std::vector<BufferId> result;
  for (const Argument& argument : std::get<PrimitiveStep>(step).arguments) {
    result.push_back(argument.buffer);
  }
  return result;
}

}  // namespace

/// First and last use of every block of memory, with what is computed in place merged.
class Tape::Liveness {
 public:
  explicit Liveness(const Tape& tape);

  BufferId storage(BufferId buffer) const {
    BufferId root = tape_.buffers_[buffer].storage;
    while (merged_into_[root] != root) root = merged_into_[root];
    return root;
  }
  bool used(BufferId root) const { return lifetimes_[root].first <= lifetimes_[root].last; }
  const BufferLifetime& lifetime(BufferId root) const { return lifetimes_[root]; }

 private:
  void touch(BufferId buffer, std::size_t step);
  void merge(const InPlace& candidate);
  /// The passes count as one after the other.
  std::size_t first_step(Pass pass) const;

  const Tape& tape_;
  std::vector<BufferId> merged_into_;
  std::vector<BufferLifetime> lifetimes_;
};

Tape::Liveness::Liveness(const Tape& tape) : tape_(tape) {
  for (BufferId id = 0; id < tape.buffers_.size(); ++id) {
    merged_into_.push_back(id);
    lifetimes_.push_back({.bytes = tape.buffers_[id].desc.get_size(),
                          .first = std::numeric_limits<std::size_t>::max(),
                          .last = 0});
  }
  std::size_t end = 0;
  for (const std::vector<Step>& steps : tape.steps_) {
    for (const Step& step : steps) {
      for (const BufferId buffer : buffers_of(step)) touch(buffer, end);
      ++end;
    }
  }
  for (const BufferId buffer : tape.written_between_) touch(buffer, first_step(Pass::backward));
  for (const BufferId buffer : tape.kept_to_end_) touch(buffer, end);
  for (const BufferId buffer : tape.kept_always_) {
    touch(buffer, 0);
    touch(buffer, end);
  }
  for (const InPlace& candidate : tape.in_place_) merge(candidate);
}

std::size_t Tape::Liveness::first_step(Pass pass) const {
  std::size_t count = 0;
  for (std::size_t before = 0; before < index(pass); ++before) count += tape_.steps_[before].size();
  return count;
}

void Tape::Liveness::touch(BufferId buffer, std::size_t step) {
  BufferLifetime& lifetime = lifetimes_[storage(buffer)];
  lifetime.first = std::min(lifetime.first, step);
  lifetime.last = std::max(lifetime.last, step);
}

void Tape::Liveness::merge(const InPlace& candidate) {
  const BufferId input = storage(candidate.input);
  const BufferId output = storage(candidate.output);
  if (input == output) return;
  const auto in_arena = [&](BufferId id) { return tape_.buffers_[id].home == Home::arena; };
  if (!in_arena(input) || !in_arena(output)) return;
  if (lifetimes_[input].bytes != lifetimes_[output].bytes) return;
  const std::size_t step = first_step(candidate.pass) + candidate.step;
  if (lifetimes_[input].last != step || lifetimes_[output].first != step) return;
  const std::vector<BufferId> arguments =
      buffers_of(tape_.steps_[index(candidate.pass)][candidate.step]);
  const auto reads =
      std::ranges::count_if(arguments, [&](BufferId id) { return storage(id) == input; });
  if (reads != 1) return;
  merged_into_[output] = input;
  lifetimes_[input].last = lifetimes_[output].last;
}

BufferId Tape::add_buffer(const Desc& desc, Home home) {
  const BufferId id = buffers_.size();
  buffers_.push_back({.desc = desc, .home = home, .storage = id});
  return id;
}

BufferId Tape::reinterpret(BufferId buffer, const Desc& desc) {
  if (buffers_[buffer].desc == desc) return buffer;
  return part(buffer, desc, 0);
}

BufferId Tape::part(BufferId buffer, const Desc& desc, std::size_t first_element) {
  const Buffer whole = buffers_[buffer];
  buffers_.push_back({.desc = desc,
                      .home = whole.home,
                      .storage = whole.storage,
                      .offset = whole.offset + first_element * sizeof(float)});
  return buffers_.size() - 1;
}

void Tape::add(const primitive_desc_base& descriptor, std::vector<Argument> arguments) {
  const Desc scratchpad = descriptor.scratchpad_desc();
  if (scratchpad.get_size() > 0) {
    arguments.push_back({DNNL_ARG_SCRATCHPAD, add_buffer(scratchpad)});
  }
  steps_[index(pass_)].push_back(PrimitiveStep{descriptor, std::move(arguments), guard_of_step()});
}

void Tape::add(Call call, std::vector<BufferId> arguments) {
  steps_[index(pass_)].push_back(CallStep{std::move(call), std::move(arguments), guard_of_step()});
}

void Tape::allow_in_place(BufferId input, BufferId output) {
  in_place_.push_back({pass_, steps_[index(pass_)].size() - 1, input, output});
}

TapeMemory Tape::plan() const {
  const Liveness liveness(*this);
  TapeMemory memory;
  memory.offsets.resize(buffers_.size());

  std::vector<BufferId> roots;
  std::vector<BufferLifetime> lifetimes;
  for (BufferId id = 0; id < buffers_.size(); ++id) {
    if (liveness.storage(id) != id) continue;
    if (buffers_[id].home == Home::arena) {
      if (!liveness.used(id)) continue;
      roots.push_back(id);
      lifetimes.push_back(liveness.lifetime(id));
    } else if (buffers_[id].home == Home::persistent) {
      // Also where no step writes it: the gradient of what no output depends on is read, and 0.
      memory.offsets[id] = memory.persistent_bytes;
      const std::size_t bytes = buffers_[id].desc.get_size() + Tensor::alignment - 1;
      memory.persistent_bytes += bytes / Tensor::alignment * Tensor::alignment;
    }
  }
  const MemoryPlan plan = plan_memory(lifetimes);
  for (std::size_t i = 0; i < roots.size(); ++i) memory.offsets[roots[i]] = plan.offsets[i];
  for (BufferId id = 0; id < buffers_.size(); ++id) {
    memory.offsets[id] = memory.offsets[liveness.storage(id)] + buffers_[id].offset;
  }
  memory.arena_bytes = plan.arena_bytes;
  memory.bound_bytes = plan.bound_bytes;
  return memory;
}

}  // namespace nas::engine
