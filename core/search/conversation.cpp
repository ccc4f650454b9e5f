#include "core/search/conversation.hpp"

#include <cmath>
#include <exception>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

template <typename Call>
auto guarded(const char* function, const Call& call) {
  try {
    return call();
  } catch (const std::exception& error) {
    blame_strategy(fmt::format("failed in {}: {}", function, error.what()));
  } catch (...) {
    blame_strategy(fmt::format("failed in {}: it threw no std::exception", function));
  }
}

bool is_valid(const Fidelity& fidelity) {
  const auto is_share = [](double value) { return value > 0 && value <= 1; };
  return std::isfinite(fidelity.epochs) && fidelity.epochs >= 0 && is_share(fidelity.data_share) &&
         is_share(fidelity.resolution);
}

}  // namespace

void blame_strategy(const std::string& what) {
  throw Error(ErrorKind::plugin, "the strategy " + what);
}

std::string text(const Fidelity& fidelity) {
  std::string result = fmt::format("{} over a share of {} of the data",
                                   counted(fidelity.epochs, "epoch"), fidelity.data_share);
  if (fidelity.resolution != 1) {
    result += fmt::format(", at a share of {} of the resolution", fidelity.resolution);
  }
  return result;
}

std::optional<Proposal> Conversation::ask(const Fidelity& default_fidelity) {
  std::optional<Proposal> proposal = guarded("ask", [&] { return strategy_.ask(); });
  if (!proposal) return std::nullopt;
  if (!proposal->fidelity) proposal->fidelity = default_fidelity;
  check(*proposal);
  return proposal;
}

std::vector<std::string> Conversation::take_notes() {
  return guarded("take_notes", [&] { return strategy_.take_notes(); });
}

void Conversation::tell(const Trial& trial) {
  const Result result = result_of(trial);
  guarded("tell", [&] { strategy_.tell(result); });
  told_.emplace(trial.id, Told{trial.genotype, trial.fidelity});
}

void Conversation::tell_infeasible(const Proposal& proposal) {
  guarded("tell", [&] {
    strategy_.tell(
        {Result::Kind::infeasible, std::nullopt, proposal.genotype, *proposal.fidelity, {}});
  });
}

void Conversation::check(const Proposal& proposal) const {
  try {
    space_.validate(proposal.genotype);
  } catch (const Error& error) {
    blame_strategy(fmt::format("proposes an invalid genotype: {}", error.what()));
  }
  if (!is_valid(*proposal.fidelity)) {
    blame_strategy(
        fmt::format("proposes the fidelity '{}'; epochs are 0 or more, shares are in "
                    "(0, 1]",
                    text(*proposal.fidelity)));
  }
  if (proposal.parent) check_parent(proposal);
}

void Conversation::check_parent(const Proposal& proposal) const {
  const auto parent = told_.find(*proposal.parent);
  if (parent == told_.end()) {
    blame_strategy(
        fmt::format("continues trial '{}', of which it has not been told", *proposal.parent));
  }
  const auto& [genotype, before] = parent->second;
  if (genotype != proposal.genotype) {
    blame_strategy(fmt::format("continues trial '{}', which is {}, by {}", *proposal.parent,
                               genotype.text(), proposal.genotype.text()));
  }
  const Fidelity& after = *proposal.fidelity;
  if (after.epochs <= before.epochs || after.data_share != before.data_share ||
      after.resolution != before.resolution) {
    blame_strategy(
        fmt::format("continues trial '{}', which had {}, to {}: only epochs may be added",
                    *proposal.parent, text(before), text(after)));
  }
}

Result Conversation::result_of(const Trial& trial) const {
  Result result{Result::Kind::failed, trial.id, trial.genotype, trial.fidelity, {}};
  if (!trial.succeeded()) return result;
  result.kind = Result::Kind::measured;
  for (const Objective& objective : objectives_) {
    const auto metric = trial.metrics.find(objective.metric);
    if (metric == trial.metrics.end()) {
      throw Error(ErrorKind::run_directory,
                  fmt::format("trial {} of the interrupted run has no metric '{}', the objective",
                              trial.id, objective.metric));
    }
    result.values.push_back(metric->second);
  }
  return result;
}

}  // namespace nas
