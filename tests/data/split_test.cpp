#include "core/data/split.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

using Catch::Matchers::Contains;

std::shared_ptr<Dataset> dataset_of_counts(const std::vector<int>& counts) {
  std::vector<std::int32_t> labels;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    labels.insert(labels.end(), static_cast<std::size_t>(counts[c]), static_cast<std::int32_t>(c));
  }
  return dataset_of_labels(labels, static_cast<int>(counts.size()));
}

std::vector<int> class_counts(const Samples& samples) {
  std::vector<int> counts(static_cast<std::size_t>(samples.dataset->classes));
  for (const std::uint32_t index : samples.indices) {
    ++counts[static_cast<std::size_t>(samples.images().labels[index])];
  }
  return counts;
}

std::vector<std::uint32_t> sorted(std::vector<std::uint32_t> indices) {
  std::ranges::sort(indices);
  return indices;
}

std::vector<std::uint32_t> all_indices(std::size_t count) {
  std::vector<std::uint32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0u);
  return indices;
}

}  // namespace

TEST_CASE("a split takes exactly the share of every class") {
  const auto dataset = dataset_of_counts({20, 40, 60});
  const Split split = split_training_part(dataset, 0.25, 1);
  CHECK(class_counts(split.validation) == std::vector<int>{5, 10, 15});
  CHECK(class_counts(split.train) == std::vector<int>{15, 30, 45});
}

TEST_CASE("shares that no double holds exactly still split evenly") {
  const auto dataset = dataset_of_counts({100, 100, 100});
  const double share = GENERATE(0.01, 0.07, 0.29, 0.57, 0.58);
  const Split split = split_training_part(dataset, share, 1);
  const int expected = static_cast<int>(std::lround(100 * share));
  CHECK(class_counts(split.validation) == std::vector<int>{expected, expected, expected});
}

TEST_CASE("what rounding leaves goes to the largest remainders, then to the first classes") {
  // Quotas 1.4, 1.6, 2.2, 0.8: total 6.
  CHECK(class_counts(split_training_part(dataset_of_counts({7, 8, 11, 4}), 0.2, 1).validation) ==
        std::vector<int>{1, 2, 2, 1});
  // Quotas of 1.25 each: total 5, the tie goes to class 0.
  CHECK(class_counts(split_training_part(dataset_of_counts({5, 5, 5, 5}), 0.25, 1).validation) ==
        std::vector<int>{2, 1, 1, 1});
}

TEST_CASE("every class has a sample on both sides however small or large the share") {
  const auto dataset = dataset_of_counts({2, 30});
  const auto [share, expected] =
      GENERATE(table<double, std::vector<int>>({{0.01, {1, 1}}, {0.999, {1, 29}}}));
  CHECK(class_counts(split_training_part(dataset, share, 1).validation) == expected);
}

TEST_CASE("the two sides of a split are disjoint and together the training part") {
  const auto dataset = dataset_of_counts({13, 21, 34});
  const Split split = split_training_part(dataset, 0.3, 7);
  std::vector<std::uint32_t> together = split.train.indices;
  together.insert(together.end(), split.validation.indices.begin(), split.validation.indices.end());
  CHECK(sorted(together) == all_indices(68));
  CHECK_FALSE(split.train.test);
  CHECK_FALSE(split.validation.test);
}

TEST_CASE("a split follows from its seed alone") {
  const auto dataset = dataset_of_counts({30, 30});
  const Split one = split_training_part(dataset, 0.5, 1);
  const Split again = split_training_part(dataset, 0.5, 1);
  const Split other = split_training_part(dataset, 0.5, 2);
  CHECK(one.train.indices == again.train.indices);
  CHECK(one.validation.indices == again.validation.indices);
  CHECK(sorted(one.validation.indices) != sorted(other.validation.indices));
}

TEST_CASE("both sides of a split are shuffled across classes") {
  const auto dataset = dataset_of_counts({50, 50});
  const Split split = split_training_part(dataset, 0.5, 1);
  for (const Samples* side : {&split.train, &split.validation}) {
    const auto counts = class_counts(side->first(25));
    CHECK(counts[0] > 0);
    CHECK(counts[1] > 0);
    CHECK(side->indices != sorted(side->indices));
  }
}

TEST_CASE("normalisation comes from the training samples alone") {
  const auto dataset = dataset_of_counts({6, 6});
  const Split split = split_training_part(dataset, 0.5, 3);
  CHECK(split.train.normalisation == measure_normalisation(dataset->train, split.train.indices));
  CHECK(split.validation.normalisation == split.train.normalisation);

  auto changed = std::make_shared<Dataset>(*dataset);
  auto& values = std::get<std::vector<std::uint8_t>>(changed->train.values);
  for (const std::uint32_t index : split.validation.indices) {
    for (std::size_t i = 0; i < 4; ++i) values[4 * index + i] = 255;
  }
  CHECK(split_training_part(changed, 0.5, 3).train.normalisation == split.train.normalisation);
  values[4 * split.train.indices[0]] = 255;
  CHECK_FALSE(split_training_part(changed, 0.5, 3).train.normalisation ==
              split.train.normalisation);
}

TEST_CASE("a share outside of 0 and 1 is a bad configuration") {
  const auto dataset = dataset_of_counts({4, 4});
  const auto [share, text] =
      GENERATE(table<double, std::string>({{0, "'0'"},
                                           {1, "'1'"},
                                           {-0.5, "'-0.5'"},
                                           {std::numeric_limits<double>::quiet_NaN(), "'nan'"}}));
  const std::string message =
      rejection(ErrorKind::config, [&] { split_training_part(dataset, share, 1); });
  CHECK_THAT(message, Contains("validation share " + text) && Contains("between 0 and 1"));
}

TEST_CASE("a class with a single sample cannot be split") {
  const auto dataset = dataset_of_counts({4, 1});
  const std::string message =
      rejection(ErrorKind::data, [&] { split_training_part(dataset, 0.5, 1); });
  CHECK_THAT(message, Contains("class '1' of dataset 'made' has 1 training image(s)"));
}

TEST_CASE("the whole training part is every sample once, shuffled by the seed") {
  const auto dataset = dataset_of_counts({10, 10});
  const Samples samples = whole_training_part(dataset, 5);
  CHECK(sorted(samples.indices) == all_indices(20));
  CHECK(samples.indices != all_indices(20));
  CHECK(samples.indices == whole_training_part(dataset, 5).indices);
  CHECK(samples.indices != whole_training_part(dataset, 6).indices);
  CHECK(samples.normalisation == measure_normalisation(dataset->train, all_indices(20)));
  CHECK(&samples.images() == &dataset->train);
}

TEST_CASE("the test part is in order and normalised as what was trained on") {
  const auto dataset = dataset_of_counts({4, 4});
  const Normalisation normalisation{{3}, {4}};
  const Samples samples = test_part(dataset, normalisation);
  CHECK(samples.indices == all_indices(2));
  CHECK(samples.normalisation == normalisation);
  CHECK(&samples.images() == &dataset->test);
}

TEST_CASE("the first samples are a prefix with the same normalisation") {
  const Samples samples = whole_training_part(dataset_of_counts({4, 4}), 1);
  const Samples few = samples.first(3);
  CHECK(few.indices ==
        std::vector<std::uint32_t>(samples.indices.begin(), samples.indices.begin() + 3));
  CHECK(few.normalisation == samples.normalisation);
  CHECK(samples.first(100).indices == samples.indices);
}

}  // namespace nas::test
