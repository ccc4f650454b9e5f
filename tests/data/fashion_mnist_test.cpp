#include <algorithm>
#include <numeric>

#include <catch2/catch.hpp>

#include "core/data/check.hpp"
#include "core/data/split.hpp"

namespace nas::test {

TEST_CASE("Fashion-MNIST as Debian installs it is complete") {
  const auto known = known_datasets();
  const auto entry = std::ranges::find(known, "fashion-mnist", &KnownDataset::name);
  REQUIRE(entry != known.end());
  if (entry->location.empty()) {
    WARN("skipped: Fashion-MNIST is not installed (" << entry->hint << ")");
    return;
  }
  const auto dataset = load_dataset("fashion-mnist");
  CHECK(dataset->train.count() == 60'000);
  CHECK(dataset->test.count() == 10'000);
  CHECK(dataset->task() == Task{{1, 28, 28}, 10});
  CHECK(dataset->class_names.size() == 10);
  CHECK(entry->task == dataset->task());

  const DatasetFindings found = check_dataset(*dataset);
  CHECK(found.train.per_class == std::vector<std::int64_t>(10, 6000));
  CHECK(found.test.per_class == std::vector<std::int64_t>(10, 1000));
  CHECK(found.warnings.empty());

  // Published for values divided by 255, with four digits.
  constexpr float published_digits = 5e-5f;
  const Normalisation normalisation = whole_training_part(dataset, 1).normalisation;
  CHECK(normalisation.mean[0] / 255 == Approx(0.2860f).margin(published_digits));
  CHECK(normalisation.deviation[0] / 255 == Approx(0.3530f).margin(published_digits));

  const Split split = split_training_part(dataset, 0.1, 1);
  CHECK(split.validation.count() == 6000);
  CHECK(split.train.count() == 54'000);
}

}  // namespace nas::test
