#include "plugins/strategies/evolution/settings.hpp"

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas::evolution {
namespace {

constexpr int most_draws = 100;

/// The numbers of a variant.
struct Preset {
  std::int64_t population;
  std::int64_t sample;
  std::int64_t parents;
  double crossover;
  bool mutate_each;
  bool avoid_duplicates;
};
// Real et al. 2018; Cai et al. 2019 (a quarter of 100; half of the children by crossover); Guo et
// al. 2019 (25 of 50 children by crossover, what was visited is drawn again).
constexpr Preset published_tournament = {100, 25, 0, 0, false, false};
constexpr Preset published_once_for_all = {100, 0, 25, 0.5, true, false};
constexpr Preset published_spos = {50, 0, 10, 0.5, true, true};
// The same shares for runs of some 50 trials.
constexpr Preset small_tournament = {16, 4, 0, 0, false, true};
constexpr Preset small_once_for_all = {16, 0, 4, 0.5, true, true};
constexpr Preset small_spos = {16, 0, 3, 0.5, true, true};

Variant variant_called(const std::string& name) {
  if (name == "aging") return Variant::aging;
  if (name == "non-aging") return Variant::non_aging;
  return name == "spos" ? Variant::spos : Variant::once_for_all;
}

const Preset& preset_of(Variant variant, bool published) {
  switch (variant) {
    case Variant::once_for_all:
      return published ? published_once_for_all : small_once_for_all;
    case Variant::spos:
      return published ? published_spos : small_spos;
    case Variant::aging:
    case Variant::non_aging:
      break;
  }
  return published ? published_tournament : small_tournament;
}

}  // namespace

Settings settings_from(const OptionValues& options) {
  const Variant variant = variant_called(options.text("variant"));
  const Preset& preset = preset_of(variant, options.text("preset") == "published");
  const auto count = [&](const char* name, std::int64_t standard) {
    const std::int64_t given = options.integer(name);
    return given == 0 ? standard : given;
  };
  const std::string& mutation = options.text("mutation");
  const std::string& avoid = options.text("avoid_duplicates");
  const double crossover = options.real("crossover");
  const Settings settings = {
      .variant = variant,
      .population = static_cast<std::size_t>(count("population", preset.population)),
      .sample = count("sample", preset.sample),
      .parents = static_cast<std::size_t>(count("parents", preset.parents)),
      .crossover = crossover < 0 ? preset.crossover : crossover,
      .mutate_each = mutation == "variant" ? preset.mutate_each : mutation == "each",
      .mutation_probability = options.real("mutation_probability"),
      .avoid_duplicates = avoid == "preset" ? preset.avoid_duplicates : avoid == "true"};
  if (settings.has_generations() && settings.parents > settings.population) {
    throw Error(
        ErrorKind::config,
        fmt::format("evolution.parents '{}' is more than evolution.population '{}'; parents "
                    "are the best members",
                    settings.parents, settings.population));
  }
  return settings;
}

Genotype mutated(const Settings& settings, const SearchSpace& space, const Genotype& parent,
                 Random& random) {
  if (!settings.mutate_each) return space.mutate_one(parent, random);
  Genotype child = parent;
  for (int draw = 0; draw < most_draws && child == parent; ++draw) {
    child = space.mutate_each(parent, settings.mutation_probability, random);
  }
  return child;
}

}  // namespace nas::evolution
