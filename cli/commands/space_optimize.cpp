#include <algorithm>
#include <array>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/latency_model.hpp"
#include "cli/option_table.hpp"
#include "cli/owned_options.hpp"
#include "cli/plugin_path.hpp"
#include "cli/progress.hpp"
#include "cli/run_request.hpp"
#include "cli/run_text.hpp"
#include "cli/space_choice.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "search_spaces/space_optimization.hpp"

namespace nas::cli {

namespace {

constexpr std::int64_t default_draws = 1000;
constexpr std::int64_t most_draws = 1'000'000;
constexpr std::int64_t most_classes = 1'000'000;
constexpr std::int64_t most_channels = 1'000;
/// What people see of the ranking.
constexpr std::size_t shown = 10;
/// Of each limit, to see how the choice moves.
constexpr std::array limit_factors = {0.5, 0.75, 1.0, 1.5, 2.0};

/// What of the space's options its configurations share.
constexpr OptionSpec family_options[] = {
    {"mix", OptionType::boolean, "true", "A 1x1 convolution to 1,280 channels at the end."}};

struct OptimizeRequest {
  std::string space;
  FamilySampling sampling;
  std::vector<Limit> limits;
  std::size_t min_kept = 0;
};

OptimizeRequest optimize_request_of(const Arguments& arguments, const Settings& settings) {
  OptimizeRequest request;
  request.space = arguments.positional.front();
  if (request.space != "mcunet") {
    throw Error(ErrorKind::config,
                fmt::format("'{}' is no family of spaces that differ in width and resolution; "
                            "'nas space optimize' knows one, 'mcunet'",
                            request.space));
  }
  request.sampling.networks =
      static_cast<std::size_t>(whole_number(arguments, "count", default_draws, most_draws));
  request.sampling.classes = whole_number(
      arguments, "classes", *parse_integer(option_row("classes").default_value), most_classes);
  request.sampling.channels = whole_number(
      arguments, "channels", *parse_integer(option_row("channels").default_value), most_channels);
  const PluginRegistry registry(plugin_path(arguments, process_environment()));
  request.sampling.mix =
      options_by_owner(settings.keyed("set"), {{request.space, family_options}}, registry)
          .at(request.space)
          .boolean("mix");
  request.sampling.seed = settings.natural("seed");
  request.limits = given_limits(settings);
  for (const Limit& limit : request.limits) chain_metric({}, limit.metric);  // throws
  request.min_kept = static_cast<std::size_t>(whole_number(
      arguments, "min-kept", *parse_integer(option_row("min-kept").default_value), most_draws));
  return request;
}

/// How the choice moves when one limit is another.
struct Move {
  Limit limit;  ///< the one that is changed
  MemberChoice choice;

  const KeptNetworks* member() const {
    return choice.chosen ? &choice.members[*choice.chosen] : nullptr;
  }
};

std::vector<Move> moves_of(const OptimizeRequest& request, std::span<const SampledMember> samples) {
  std::vector<Move> moves;
  for (std::size_t i = 0; i < request.limits.size(); ++i) {
    for (const double factor : limit_factors) {
      std::vector<Limit> limits = request.limits;
      limits[i].maximum *= factor;
      moves.push_back({limits[i], choose_member(samples, limits, request.min_kept)});
    }
  }
  return moves;
}

/// The limits with one memory model in the other's place; nothing where neither is limited.
std::optional<std::vector<Limit>> by_other_model(std::vector<Limit> limits) {
  bool found = false;
  for (Limit& limit : limits) {
    if (limit.metric == "ram_int8") {
      limit.metric = "ram_mcunet";
    } else if (limit.metric == "ram_mcunet") {
      limit.metric = "ram_int8";
    } else {
      continue;
    }
    found = true;
  }
  return found ? std::optional(limits) : std::nullopt;
}

std::string limits_text(const std::vector<Limit>& limits) {
  std::vector<std::string> parts;
  parts.reserve(limits.size());
  for (const Limit& limit : limits) parts.push_back(limit_text(limit));
  return parts.empty() ? "no limit" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string name_of(const MobileMember& member) {
  return fmt::format("width {:.1f}, resolution {}", member.multiplier, member.resolution);
}

/// The command that searches the chosen space.
std::string next_command(const OptimizeRequest& request, const MobileMember& member) {
  std::string command = fmt::format(
      "nas run --space {0} --set {0}.preset=published --set {0}.width={1:.1f} --set "
      "{0}.resolution={2}",
      request.space, member.multiplier, member.resolution);
  if (!request.sampling.mix) command += fmt::format(" --set {}.mix=false", request.space);
  for (const Limit& limit : request.limits) {
    command += fmt::format(" --max {}={}", limit.metric, limit.maximum);
  }
  // Instead of the default, which would leave nothing of a space for a device.
  const bool limits_macs = std::ranges::any_of(
      request.limits, [](const Limit& limit) { return limit.metric == "macs"; });
  if (!limits_macs) command += " --max macs=none";
  return command;
}

nlohmann::json member_json(const KeptNetworks& member) {
  return {{"width", member.member.multiplier},
          {"resolution", member.member.resolution},
          {"kept", member.kept},
          {"macs_mean", member.mean_macs},
          {"macs_p80", member.p80_macs},
          {"macs_deciles", member.deciles}};
}

nlohmann::json chosen_json(const MemberChoice& choice) {
  if (!choice.chosen) return nullptr;
  return member_json(choice.members[*choice.chosen]);
}

nlohmann::json limits_json(const std::vector<Limit>& limits) {
  nlohmann::json object = nlohmann::json::object();
  for (const Limit& limit : limits) object[limit.metric] = limit.maximum;
  return object;
}

nlohmann::json to_json(const OptimizeRequest& request, const MemberChoice& choice,
                       std::span<const SampledMember> samples) {
  nlohmann::json object = json_object("nas.space.optimize");
  object["space"] = request.space;
  object["classes"] = request.sampling.classes;
  object["channels"] = request.sampling.channels;
  object["mix"] = request.sampling.mix;
  object["seed"] = request.sampling.seed;
  object["networks"] = request.sampling.networks;
  object["min_kept"] = request.min_kept;
  object["limits"] = limits_json(request.limits);
  object["configurations"] = nlohmann::json::array();
  for (const KeptNetworks& member : choice.members) {
    object["configurations"].push_back(member_json(member));
  }
  object["chosen"] = chosen_json(choice);
  object["next"] = next_command(request, choice.members[*choice.chosen].member);
  object["moves"] = nlohmann::json::array();
  for (const Move& move : moves_of(request, samples)) {
    object["moves"].push_back({{"limit", move.limit.metric},
                               {"value", move.limit.maximum},
                               {"chosen", chosen_json(move.choice)}});
  }
  if (const auto other = by_other_model(request.limits)) {
    object["other_memory_model"] = {
        {"limits", limits_json(*other)},
        {"chosen", chosen_json(choose_member(samples, *other, request.min_kept))}};
  }
  return object;
}

Table member_table(const MemberChoice& choice, const std::vector<std::size_t>& order,
                   Format format) {
  const bool exact = format != Format::text;
  Table table{{{"width", Align::right},
               {"resolution", Align::right},
               {"kept", Align::right},
               {"mean MACs", Align::right},
               {"p80 MACs", Align::right}},
              {}};
  if (exact) {
    table.columns = {{"width"}, {"resolution"}, {"kept"}, {"macs_mean"}, {"macs_p80"}};
  }
  const auto macs = [&](double value) {
    return exact ? fmt::format("{}", value) : human_count(value);
  };
  for (const std::size_t i : order) {
    const KeptNetworks& member = choice.members[i];
    table.rows.push_back({fmt::format("{:.1f}", member.member.multiplier),
                          std::to_string(member.member.resolution), std::to_string(member.kept),
                          macs(member.mean_macs), macs(member.p80_macs)});
  }
  return table;
}

Table move_table(const std::vector<Move>& moves) {
  Table table{{{"limit"},
               {"value", Align::right},
               {"width", Align::right},
               {"resolution", Align::right},
               {"kept", Align::right},
               {"mean MACs", Align::right}},
              {}};
  for (const Move& move : moves) {
    const KeptNetworks* member = move.member();
    std::vector<std::string> row = {move.limit.metric,
                                    metric_text(move.limit.metric, move.limit.maximum)};
    if (member == nullptr) {
      row.insert(row.end(), {"none", "", "", ""});
    } else {
      row.insert(row.end(), {fmt::format("{:.1f}", member->member.multiplier),
                             std::to_string(member->member.resolution),
                             std::to_string(member->kept), human_count(member->mean_macs)});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// Whether what is chosen never gets smaller along the moves of limits on `prefix`.
template <typename Value>
std::string monotone(const std::vector<Move>& moves, std::string_view prefix, const Value& value) {
  bool any = false;
  bool rises = false;
  bool falls = false;
  const Move* before = nullptr;
  for (const Move& move : moves) {
    if (!move.limit.metric.starts_with(prefix) || move.member() == nullptr) continue;
    if (before != nullptr && before->limit.metric == move.limit.metric) {
      any = true;
      rises |= value(move.member()->member) > value(before->member()->member);
      falls |= value(move.member()->member) < value(before->member()->member);
    }
    before = &move;
  }
  if (!any) return "not tried";
  if (falls) return rises ? "it rises and falls" : "it falls";
  return rises ? "it does" : "it stays";
}

void print_text(const OptimizeRequest& request, const MemberChoice& choice,
                std::span<const SampledMember> samples) {
  const std::size_t width = terminal_width(STDOUT_FILENO);
  std::size_t kept = 0;
  for (const KeptNetworks& member : choice.members) kept += member.kept;
  std::vector<std::size_t> order = choice.ranking(request.min_kept);
  const std::size_t eligible = order.size();
  order.resize(std::min(order.size(), shown));
  const KeptNetworks& best = choice.members[*choice.chosen];
  fmt::print("{}\n\n{}",
             hanging("",
                     fmt::format(
                         "{} configurations of {} networks each, {} channels, {} classes, "
                         "seed {}; {} of the networks are within {}; {} configurations keep "
                         "{} or more, these have most MACs:",
                         choice.members.size(), request.sampling.networks,
                         request.sampling.channels, request.sampling.classes, request.sampling.seed,
                         kept, limits_text(request.limits), eligible, request.min_kept),
                     width),
             to_text(member_table(choice, order, Format::text), width));
  fmt::print("\nchosen: {}\n  {}\n", name_of(best.member), next_command(request, best.member));
  if (const auto other = by_other_model(request.limits)) {
    const MemberChoice instead = choose_member(samples, *other, request.min_kept);
    fmt::print("within {} instead: {}\n", limits_text(*other),
               instead.chosen ? name_of(instead.members[*instead.chosen].member) : "none");
  }
  if (request.limits.empty()) return;
  const std::vector<Move> moves = moves_of(request, samples);
  const auto resolution = [](const MobileMember& member) { return member.resolution; };
  const auto multiplier = [](const MobileMember& member) { return member.multiplier; };
  fmt::print("\nWith one limit changed\n{}", to_text(move_table(moves), width));
  fmt::print(
      "{}\n",
      hanging("",
              fmt::format("Lin et al. 2020 find, for TinyEngine's memory: with more SRAM the "
                          "resolution rises (here: {}), with more flash the width (here: "
                          "{}).",
                          monotone(moves, "ram", resolution), monotone(moves, "flash", multiplier)),
              width));
}

}  // namespace

int space_optimize_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const Settings settings(arguments, process_environment());
  const OptimizeRequest request = optimize_request_of(arguments, settings);
  const auto executor = make_tbb_executor(requested_jobs(settings));
  ProgressLine line(ProgressLine::mode_for_stderr(settings.enabled("quiet")));
  line.show(fmt::format("drawing {} networks of each configuration", request.sampling.networks),
            false);
  const auto samples = sample_members(mcunet_family(), request.sampling, *executor);
  line.clear();
  const MemberChoice choice = choose_member(samples, request.limits, request.min_kept);
  if (!choice.chosen) {
    throw Error(ErrorKind::infeasible, why_none(samples, request.limits, request.min_kept));
  }
  switch (format) {
    case Format::text:
    case Format::markdown:
      print_text(request, choice, samples);
      break;
    case Format::csv: {
      std::vector<std::size_t> all(choice.members.size());
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
      fmt::print("{}", to_csv(member_table(choice, all, format)));
      break;
    }
    case Format::json:
      print(to_json(request, choice, samples));
      break;
  }
  return exit_code::ok;
}

}  // namespace nas::cli
