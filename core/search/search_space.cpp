#include "core/search/search_space.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

std::vector<int> open_answers(const SearchSpace& space, const Genotype& genotype, std::size_t i) {
  const std::vector<bool> open = space.allowed(genotype, i);
  std::vector<int> answers;
  for (std::size_t answer = 0; answer < open.size(); ++answer) {
    if (open[answer]) answers.push_back(static_cast<int>(answer));
  }
  if (answers.empty()) {
    throw Error(ErrorKind::internal,
                fmt::format("the space '{}' leaves no answer open for decision '{}' of {}",
                            space.name(), space.decisions()[i].name, genotype.text()));
  }
  return answers;
}

int first_open(const SearchSpace& space, const Genotype& genotype, std::size_t i) {
  return open_answers(space, genotype, i).front();
}

int draw_open(const SearchSpace& space, const Genotype& genotype, std::size_t i, Random& random) {
  const std::vector<int> open = open_answers(space, genotype, i);
  return open[random.below(open.size())];
}

bool is_open(const SearchSpace& space, const Genotype& genotype, std::size_t i) {
  return space.allowed(genotype, i)[static_cast<std::size_t>(genotype.answers[i])];
}

/// Right length, and every answer is an option, open or not.
void check_answers(const SearchSpace& space, const Genotype& genotype) {
  const std::vector<Decision>& decisions = space.decisions();
  if (genotype.answers.size() != decisions.size()) {
    throw Error(
        ErrorKind::space,
        fmt::format("genotype {} has {} answers; the space '{}' has {} decisions", genotype.text(),
                    genotype.answers.size(), space.name(), decisions.size()));
  }
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const int answer = genotype.answers[i];
    const std::size_t options = decisions[i].options.size();
    if (answer < 0 || static_cast<std::size_t>(answer) >= options) {
      throw Error(ErrorKind::space,
                  fmt::format("genotype {}: answer '{}' to decision {} ('{}') is not one of 0 … {}",
                              genotype.text(), answer, i, decisions[i].name, options - 1));
    }
  }
}

Genotype all_first(const SearchSpace& space) {
  return {std::vector<int>(space.decisions().size(), 0)};
}

/// Every valid genotype that begins with the first `i` answers of `prefix`, in ascending order.
/// False as soon as `visit` is.
bool walk(const SearchSpace& space, Genotype& prefix, std::size_t i,
          const std::function<bool(const Genotype&)>& visit) {
  if (i == space.decisions().size()) return visit(prefix);
  for (const int answer : open_answers(space, prefix, i)) {
    prefix.answers[i] = answer;
    if (!walk(space, prefix, i + 1, visit)) return false;
  }
  prefix.answers[i] = 0;
  return true;
}

bool is_choice(const SearchSpace& space, const Genotype& genotype, std::size_t i) {
  return open_answers(space, genotype, i).size() > 1;
}

/// What follows from the answers that a mutation has changed: decisions that were none in `parent`
/// and have become one are drawn, those that are none any more get the answer that is left.
Genotype settled(const SearchSpace& space, Genotype child, const Genotype& parent, Random& random) {
  for (std::size_t i = 0; i < child.answers.size(); ++i) {
    if (!is_open(space, child, i)) {
      child.answers[i] = first_open(space, child, i);
    } else if (is_choice(space, child, i) && !is_choice(space, parent, i)) {
      child.answers[i] = draw_open(space, child, i, random);
    }
  }
  return space.canonical(child);
}

}  // namespace

std::vector<bool> SearchSpace::allowed(const Genotype&, std::size_t i) const {
  return std::vector<bool>(decisions()[i].options.size(), true);
}

void SearchSpace::validate(const Genotype& genotype) const {
  check_answers(*this, genotype);
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    if (is_open(*this, genotype, i)) continue;
    const Decision& decision = decisions()[i];
    throw Error(
        ErrorKind::space,
        fmt::format("genotype {}: answer '{}' ('{}') to decision {} ('{}') is not open after "
                    "the answers before it; the first that is: {}",
                    genotype.text(), genotype.answers[i],
                    decision.options[static_cast<std::size_t>(genotype.answers[i])], i,
                    decision.name, first_open(*this, genotype, i)));
  }
}

std::optional<Genotype> SearchSpace::parse_code(const std::string& code) const {
  const bool all_digits = std::ranges::all_of(
      code, [](char character) { return character >= '0' && character <= '9'; });
  try {
    Genotype genotype;
    if (all_digits) {
      for (const char digit : code) genotype.answers.push_back(digit - '0');
    } else {
      genotype = parse_genotype(code);
    }
    validate(genotype);
    return genotype;
  } catch (const Error&) {
    return std::nullopt;
  }
}

Genotype SearchSpace::canonical(const Genotype& genotype) const {
  check_answers(*this, genotype);
  Genotype result = genotype;
  for (std::size_t i = 0; i < result.answers.size(); ++i) {
    if (!is_open(*this, result, i)) result.answers[i] = first_open(*this, result, i);
  }
  return result;
}

Genotype SearchSpace::sample(Random& random) const {
  Genotype result = all_first(*this);
  for (std::size_t i = 0; i < result.answers.size(); ++i) {
    result.answers[i] = draw_open(*this, result, i, random);
  }
  return canonical(result);
}

Genotype SearchSpace::mutate_one(const Genotype& parent, Random& random) const {
  std::vector<std::size_t> changeable;
  for (std::size_t i = 0; i < parent.answers.size(); ++i) {
    if (open_answers(*this, parent, i).size() > 1) changeable.push_back(i);
  }
  if (changeable.empty()) return parent;
  const std::size_t i = changeable[random.below(changeable.size())];
  std::vector<int> others = open_answers(*this, parent, i);
  std::erase(others, parent.answers[i]);
  Genotype child = parent;
  child.answers[i] = others[random.below(others.size())];
  return settled(*this, std::move(child), parent, random);
}

Genotype SearchSpace::mutate_each(const Genotype& parent, double probability,
                                  Random& random) const {
  Genotype child = parent;
  for (std::size_t i = 0; i < child.answers.size(); ++i) {
    if (random.chance(probability)) {
      child.answers[i] = draw_open(*this, child, i, random);
    } else if (!is_open(*this, child, i)) {
      child.answers[i] = first_open(*this, child, i);
    }
  }
  return settled(*this, std::move(child), parent, random);
}

Genotype SearchSpace::crossover(const Genotype& a, const Genotype& b, Random& random) const {
  Genotype child = a;
  for (std::size_t i = 0; i < child.answers.size(); ++i) {
    const bool drawn_from_b = random.chance(0.5);
    const bool choice_of_a = is_choice(*this, a, i);
    const bool choice_of_b = is_choice(*this, b, i);
    const bool from_b = choice_of_a == choice_of_b ? drawn_from_b : choice_of_b;
    if (from_b) child.answers[i] = b.answers[i];
  }
  return canonical(child);
}

int SearchSpace::distance(const Genotype& a, const Genotype& b) const {
  int differing = 0;
  for (std::size_t i = 0; i < a.answers.size(); ++i) differing += a.answers[i] != b.answers[i];
  return differing;
}

std::vector<Genotype> SearchSpace::neighbours(const Genotype& genotype) const {
  std::set<Genotype> found;
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    for (const int answer : open_answers(*this, genotype, i)) {
      Genotype other = genotype;
      other.answers[i] = answer;
      found.insert(canonical(other));
    }
  }
  found.erase(genotype);
  return {found.begin(), found.end()};
}

void SearchSpace::enumerate(const std::function<bool(const Genotype&)>& visit) const {
  Genotype prefix = all_first(*this);
  walk(*this, prefix, 0, [&](const Genotype& genotype) {
    return canonical(genotype) != genotype || visit(genotype);
  });
}

std::size_t count_by_enumeration(const SearchSpace& space, std::size_t bound) {
  Genotype prefix = all_first(space);
  std::size_t count = 0;
  walk(space, prefix, 0, [&](const Genotype&) {
    if (++count <= bound) return true;
    throw Error(ErrorKind::space, fmt::format("the space '{}' has more than {} genotypes: too "
                                              "many to count one by one",
                                              space.name(), bound));
  });
  return count;
}

Architecture example_architecture(const SearchSpace& space) {
  Random random(0);
  return space.build(space.sample_uniform(random));
}

}  // namespace nas
