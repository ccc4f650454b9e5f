#include "plugins/strategies/nsga2/variation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nas::nsga2 {
namespace {

std::vector<int> open_answers(const SearchSpace& space, const Genotype& genotype, std::size_t i) {
  const std::vector<bool> open = space.allowed(genotype, i);
  std::vector<int> answers;
  for (std::size_t answer = 0; answer < open.size(); ++answer) {
    if (open[answer]) answers.push_back(static_cast<int>(answer));
  }
  return answers;
}

bool is_choice(const SearchSpace& space, const Genotype& genotype, std::size_t i) {
  return std::ranges::count(space.allowed(genotype, i), true) > 1;
}

/// The decisions [first, last) that a child has from its second parent.
std::pair<std::size_t, std::size_t> segment(std::size_t decisions, double probability,
                                            Random& random) {
  if (!random.chance(probability)) return {0, 0};
  const std::size_t one = random.below(decisions + 1);
  const std::size_t other = random.below(decisions + 1);
  return std::minmax(one, other);
}

Genotype free_form_child(const Genotype& a, const Genotype& b, const SearchSpace& space,
                         const VariationSettings& settings, Random& random) {
  const Genotype child = random.chance(settings.crossover) ? space.crossover(a, b, random) : a;
  return space.mutate_one(child, random);
}

}  // namespace

std::size_t polynomial_mutation(std::size_t value, std::size_t last, double eta, Random& random) {
  if (last == 0) return value;
  // The interval of all numbers that round to 0 … last.
  const double low = -0.5;
  const double width = static_cast<double>(last) + 1;
  const double from_low = (static_cast<double>(value) - low) / width;
  const double power = 1 / (eta + 1);
  const double drawn = random.uniform();
  double step = 0;
  if (drawn < 0.5) {
    const double rest = std::pow(1 - from_low, eta + 1);
    step = std::pow(2 * drawn + (1 - 2 * drawn) * rest, power) - 1;
  } else {
    const double rest = std::pow(from_low, eta + 1);
    step = 1 - std::pow(2 * (1 - drawn) + 2 * (drawn - 0.5) * rest, power);
  }
  const long rounded = std::lround(static_cast<double>(value) + step * width);
  return static_cast<std::size_t>(std::clamp(rounded, 0L, static_cast<long>(last)));
}

Genotype child_of(const Genotype& a, const Genotype& b, const SearchSpace& space,
                  const VariationSettings& settings, Random& random) {
  const std::size_t decisions = space.decisions().size();
  if (decisions == 0) return free_form_child(a, b, space, settings, random);
  const auto [first, last] = segment(decisions, settings.crossover, random);
  const double probability =
      settings.mutation > 0 ? settings.mutation : 1 / static_cast<double>(decisions);
  Genotype child = a;
  for (std::size_t i = 0; i < decisions; ++i) {
    const bool choice_of_a = is_choice(space, a, i);
    const bool choice_of_b = is_choice(space, b, i);
    const bool in_segment = i >= first && i < last;
    const bool from_b = choice_of_a == choice_of_b ? in_segment : choice_of_b;
    child.answers[i] = from_b ? b.answers[i] : a.answers[i];

    const std::vector<int> open = open_answers(space, child, i);
    const auto place = std::ranges::find(open, child.answers[i]);
    const bool inherited = place != open.end() && (choice_of_a || choice_of_b);
    if (!inherited) {
      child.answers[i] = open[random.below(open.size())];
    } else if (random.chance(probability)) {
      const auto here = static_cast<std::size_t>(place - open.begin());
      const bool ordered = space.decisions()[i].ordered;
      child.answers[i] =
          open[ordered ? polynomial_mutation(here, open.size() - 1, settings.eta, random)
                       : random.below(open.size())];
    }
  }
  return space.canonical(child);
}

}  // namespace nas::nsga2
