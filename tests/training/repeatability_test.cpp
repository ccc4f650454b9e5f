// Training is a function of its settings and seed, whatever runs it.
#include <functional>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/training/fixtures.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// A thread of its own for every part, so that all of them do run at the same time: what a build
/// with ThreadSanitizer looks at.
class ThreadPerPart final : public Executor {
 public:
  int workers() const override { return 4; }
  void submit(std::function<void()> task) override { task(); }
  void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) override {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back(body, i);
    for (std::thread& thread : threads) thread.join();
  }
  void wait() override {}
};

const Augmentation every_augmentation{.flip = true, .crop_padding = 1};

std::vector<float> weights_after(Executor& executor, int shards, std::uint64_t seed = 7) {
  const Architecture net = small_network();
  ParameterStore store = prepared(net);
  train(net, store, striped_images(100),
        {.epochs = 2, .batch_size = 24, .augmentation = every_augmentation, .shards = shards}, seed,
        executor, CancelToken());
  return all_values(store);
}

void check_concurrent_trainings(Executor& executor) {
  const auto serial = make_serial_executor();
  const std::vector<float> expected = weights_after(*serial, 2);
  std::vector<std::vector<float>> results(4);
  for (auto& result : results) {
    executor.submit([&] { result = weights_after(executor, 2); });
  }
  executor.wait();
  for (const auto& result : results) CHECK(result == expected);
}

}  // namespace

// ThreadSanitizer does not understand TBB: a build with it leaves "[tbb]" out.
TEST_CASE("the weights do not depend on the number of workers, to the last bit", "[tbb]") {
  const int shards = GENERATE(1, 4);
  const auto serial = make_serial_executor();
  const std::vector<float> expected = weights_after(*serial, shards);
  for (const int workers : {1, 2, 3}) {
    INFO(shards << " shards, " << workers << " workers");
    CHECK(weights_after(*make_tbb_executor(workers), shards) == expected);
  }
}

TEST_CASE("the same seed gives the same weights, to the last bit") {
  const int shards = GENERATE(1, 4);
  const auto serial = make_serial_executor();
  const std::vector<float> expected = weights_after(*serial, shards);
  CHECK(weights_after(*serial, shards) == expected);
  CHECK(weights_after(*make_thread_executor(2), shards) == expected);
}

TEST_CASE("shards and evaluation batches that run at the same time share no state") {
  ThreadPerPart threads;
  const auto serial = make_serial_executor();
  CHECK(weights_after(threads, 4) == weights_after(*serial, 4));

  const Architecture net = small_network();
  ParameterStore store = prepared(net);
  const Samples samples = striped_images(1100);
  CHECK(evaluate(net, store, samples, threads).loss == evaluate(net, store, samples, *serial).loss);
}

TEST_CASE("another seed and another number of shards are another training") {
  const auto serial = make_serial_executor();
  const std::vector<float> expected = weights_after(*serial, 1, 7);
  CHECK(weights_after(*serial, 1, 8) != expected);
  CHECK(weights_after(*serial, 4, 7) != expected);
}

TEST_CASE("dropped values follow from the seed, not from who runs the shards") {
  Architecture net;
  NodeId x = net.add(input_op(image_shape), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 8, .kernel = 3}, {});
  x = net.add(Op(OpKind::drop_path).set("p", 0.3), {x}, "path");
  add_classifier(net, net.add(Op(OpKind::dropout), {x}, "drop"), classes);
  const auto weights = [&](Executor& executor, std::uint64_t seed) {
    ParameterStore store = prepared(net);
    train(net, store, striped_images(24), {.epochs = 3, .batch_size = 24, .shards = 2}, seed,
          executor, CancelToken());
    return all_values(store);
  };
  const auto serial = make_serial_executor();
  const std::vector<float> expected = weights(*serial, 1);
  CHECK(weights(*serial, 1) == expected);
  CHECK(weights(*make_thread_executor(2), 1) == expected);
  CHECK(weights(*serial, 2) != expected);
}

TEST_CASE("trainings that run at the same time do not disturb each other") {
  const auto executor = make_thread_executor(3);
  check_concurrent_trainings(*executor);
}

TEST_CASE("trainings inside tasks of an arena may share out their shards there too", "[tbb]") {
  const auto executor = make_tbb_executor(3);
  check_concurrent_trainings(*executor);
}

TEST_CASE("the order of the samples changes from one epoch to the next") {
  // Two epochs over two batches: were the order the same, and the rate 0, the statistics that the
  // second epoch adds would be those of the first.
  const Architecture net = small_network();
  const auto serial = make_serial_executor();
  const auto running_mean = [&](double epochs, std::uint64_t seed) {
    ParameterStore store = prepared(net);
    train(net, store, striped_images(32), {.epochs = epochs, .batch_size = 16, .learning_rate = 0},
          seed, *serial, CancelToken());
    for (const auto& [name, parameter] : store.all()) {
      if (parameter->role == ParameterRole::running_mean) {
        return static_cast<double>(parameter->value.data()[0]);
      }
    }
    return 0.0;
  };
  // r1 = 0.1 a, r2 = 0.9 r1 + 0.1 b, r3 = 0.9 r2 + 0.1 c: the third batch against the first.
  const double first = running_mean(0.5, 3);
  const double second = running_mean(1, 3);
  const double third = running_mean(1.5, 3);
  // Far above rounding in single precision, far below the spread of batch means.
  CHECK(std::abs((third - 0.9 * second) - first) > 1e-6);
}
