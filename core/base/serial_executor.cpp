#include "core/base/executor.hpp"
#include "core/base/first_failure.hpp"

namespace nas {
namespace {

class SerialExecutor final : public Executor {
 public:
  int workers() const override { return 1; }

  void submit(std::function<void()> task) override { task(); }

  void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) override {
    FirstFailure failure;
    for (std::size_t i = 0; i < count; ++i) failure.guard(i, [&] { body(i); });
    failure.rethrow();
  }

  void wait() override {}
};

}  // namespace

std::unique_ptr<Executor> make_serial_executor() { return std::make_unique<SerialExecutor>(); }

}  // namespace nas
