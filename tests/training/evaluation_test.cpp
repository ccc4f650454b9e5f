#include <cmath>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "core/engine/reference_network.hpp"
#include "tests/training/fixtures.hpp"

using namespace nas;
using namespace nas::test;

namespace {

struct Trained {
  Architecture net = small_network();
  ParameterStore store = prepared(net);
  Trained() {
    const auto serial = make_serial_executor();
    train(net, store, striped_images(64), {.epochs = 2, .batch_size = 16}, 7, *serial,
          CancelToken());
  }
};

}  // namespace

TEST_CASE("evaluation counts what a sample-by-sample count gives") {
  Trained trained;
  const Samples samples = striped_images(300, 2);  // one full batch and a smaller one
  ReferenceNetwork<float> reference(trained.net, 1, Mode::inference);
  reference.load(trained.store);
  double loss = 0;
  int correct = 0;
  std::vector<float> image(64);
  std::vector<std::int32_t> label(1);
  for (std::uint32_t n = 0; n < 300; ++n) {
    fill_batch(samples, std::vector{n}, image, label);
    const std::vector<float> logits = reference.forward(image);
    double sum = 0;
    for (const float logit : logits) sum += std::exp(logit);
    loss += std::log(sum) - logits[static_cast<std::size_t>(label[0])];
    if (std::ranges::max_element(logits) - logits.begin() == label[0]) ++correct;
  }
  const auto executor = make_serial_executor();
  const Evaluation evaluation = evaluate(trained.net, trained.store, samples, *executor);
  CHECK(evaluation.count == 300);
  CHECK(evaluation.accuracy == Approx(correct / 300.0).margin(1e-12));
  // Kernels that sum in single precision in another order.
  CHECK(evaluation.loss == Approx(loss / 300).epsilon(1e-4));
  CHECK(evaluation.accuracy > 0.3);
}

TEST_CASE("evaluation does not depend on the number of workers, to the last bit", "[tbb]") {
  Trained trained;
  for (const std::size_t count : {1u, 255u, 256u, 257u, 1100u}) {
    const Samples samples = striped_images(count, 3);
    const auto serial = make_serial_executor();
    const Evaluation expected = evaluate(trained.net, trained.store, samples, *serial);
    CHECK(expected.count == static_cast<std::int64_t>(count));
    for (const int workers : {2, 3}) {
      const auto executor = make_tbb_executor(workers);
      const Evaluation evaluation = evaluate(trained.net, trained.store, samples, *executor);
      INFO(count << " samples, " << workers << " workers");
      CHECK(evaluation.loss == expected.loss);
      CHECK(evaluation.accuracy == expected.accuracy);
    }
  }
}

TEST_CASE("evaluation changes nothing in the store") {
  Trained trained;
  const std::vector<float> before = all_values(trained.store);
  const auto executor = make_thread_executor(2);
  evaluate(trained.net, trained.store, striped_images(600), *executor);
  CHECK(all_values(trained.store) == before);
}

TEST_CASE("evaluating nothing is refused") {
  Trained trained;
  const auto executor = make_serial_executor();
  CHECK_THROWS_AS(evaluate(trained.net, trained.store, striped_images(8).first(0), *executor),
                  Error);
}
