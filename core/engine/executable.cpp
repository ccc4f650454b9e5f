#include "core/engine/executable.hpp"

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/engine/single_thread.hpp"

namespace nas::engine {

Executable::Executable(const Tape& tape, std::span<const Address> parameters, const Gates& gates)
    : gates_(&gates),
      memory_(tape.plan()),
      arena_(memory_.arena_bytes / sizeof(float)),
      persistent_(memory_.persistent_bytes / sizeof(float)),
      stream_(cpu()) {
  const SingleThread single_thread;
  find_addresses(tape, parameters);
  for (BufferId id = 0; id < tape.buffers().size(); ++id) {
    buffers_.emplace_back(tape.buffer(id).desc, cpu(), addresses_[id]);
  }
  preparation_ = actions(tape.steps(Pass::preparation));
  forward_ = actions(tape.steps(Pass::forward));
  backward_ = actions(tape.steps(Pass::backward));
}

void Executable::find_addresses(const Tape& tape, std::span<const Address> parameters) {
  addresses_.resize(tape.buffers().size());
  for (const Address& parameter : parameters) addresses_[parameter.buffer] = parameter.address;
  for (BufferId id = 0; id < tape.buffers().size(); ++id) {
    const Buffer& buffer = tape.buffer(id);
    if (buffer.home == Home::parameter) {
      addresses_[id] = addresses_[buffer.storage] + buffer.offset / sizeof(float);
      continue;
    }
    float* const block = buffer.home == Home::arena ? arena_.data() : persistent_.data();
    addresses_[id] = block + memory_.offsets[id] / sizeof(float);
  }
}

std::vector<Executable::Action> Executable::actions(std::span<const Step> steps) const {
  std::vector<Action> result;
  for (const Step& step : steps) {
    Action& action = result.emplace_back();
    action.guard = std::visit([](const auto& each) { return each.guard; }, step);
    if (const auto* call = std::get_if<CallStep>(&step)) {
      action.call = call->call;
      for (const BufferId id : call->arguments) action.addresses.push_back(addresses_[id]);
      continue;
    }
    const auto& primitive = std::get<PrimitiveStep>(step);
    action.primitive = dnnl::primitive(primitive.descriptor.get());
    for (const Argument& argument : primitive.arguments) {
      action.arguments.push_back({argument.slot, buffers_[argument.buffer].get()});
    }
  }
  return result;
}

bool Executable::run(const Action& action) const {
  const bool open = gates_->open(action.guard);
  if (open) execute(action);
  return open;
}

void Executable::execute(const Action& action) const {
  if (action.call) {
    action.call(action.addresses);
    return;
  }
  // The C function: the C++ one copies its arguments to the heap at every call.
  const dnnl_status_t status =
      dnnl_primitive_execute(action.primitive.get(), stream_.get(),
                             static_cast<int>(action.arguments.size()), action.arguments.data());
  if (status != dnnl_success) {
    throw Error(ErrorKind::internal,
                fmt::format("oneDNN failed to run a step: '{}'", dnnl_status2str(status)));
  }
}

std::size_t Executable::run(std::span<const Action> actions) const {
  const SingleThread single_thread;
  std::size_t count = 0;
  for (const Action& action : actions) count += run(action) ? 1 : 0;
  return count;
}

std::size_t Executable::run(std::span<const Action> actions,
                            const std::function<void()>& done) const {
  const SingleThread single_thread;
  std::size_t count = 0;
  for (const Action& action : actions) {
    count += run(action) ? 1 : 0;
    done();
  }
  return count;
}

void Executable::prepare() { run(preparation_); }
std::size_t Executable::forward() { return run(forward_); }
std::size_t Executable::backward() { return run(backward_); }
std::size_t Executable::forward(const std::function<void()>& done) { return run(forward_, done); }
std::size_t Executable::backward(const std::function<void()>& done) { return run(backward_, done); }

}  // namespace nas::engine
