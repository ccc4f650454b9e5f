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
  return std::isfinite(fidelity.epochs) && fidelity.epochs >= 0 && fidelity.data_share > 0 &&
         fidelity.data_share <= 1;
}

}  // namespace

void blame_strategy(const std::string& what) {
  throw Error(ErrorKind::plugin, "the strategy " + what);
}

std::string text(const Fidelity& fidelity) {
  return fmt::format("{} over a share of {} of the data", counted(fidelity.epochs, "epoch"),
                     fidelity.data_share);
}

std::optional<Proposal> Conversation::ask(const Fidelity& default_fidelity) {
  std::optional<Proposal> proposal = guarded("ask", [&] { return strategy_.ask(); });
  if (!proposal) return std::nullopt;
  if (!proposal->fidelity) proposal->fidelity = default_fidelity;
  check(*proposal);
  return proposal;
}

void Conversation::tell(const Trial& trial) {
  const Result result = result_of(trial);
  guarded("tell", [&] { strategy_.tell(result); });
  told_.insert(trial.id);
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
  if (proposal.parent && !told_.contains(*proposal.parent)) {
    blame_strategy(
        fmt::format("continues trial '{}', of which it has not been told", *proposal.parent));
  }
  if (!is_valid(*proposal.fidelity)) {
    blame_strategy(
        fmt::format("proposes the fidelity '{}'; epochs are 0 or more, the share is in "
                    "(0, 1]",
                    text(*proposal.fidelity)));
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
