#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/progress.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_request.hpp"
#include "cli/run_verification.hpp"
#include "cli/signals.hpp"
#include "cli/table.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

namespace fs = std::filesystem;

VerificationSettings requested_verification(const Arguments& arguments, const Settings& settings) {
  constexpr std::int64_t most = 10'000'000;
  VerificationSettings wanted;
  const Setting& trials = settings.setting("trials");
  if (trials.origin != Origin::standard) {
    const std::string& text = trials.values.front();
    const auto number = parse_integer(text);
    if (text == "all") {
      wanted.trials = std::nullopt;
    } else if (number && *number >= 0 && *number <= most) {
      wanted.trials = static_cast<std::size_t>(*number);
    } else {
      throw Error(ErrorKind::usage,
                  fmt::format("{} '{}': must be a whole number from 0 to {}, or 'all'",
                              trials.where, text, most));
    }
  }
  wanted.final = arguments.has("final");
  wanted.jobs = requested_jobs(settings);
  wanted.quiet = settings.enabled("quiet");
  return wanted;
}

std::vector<fs::path> verified_runs(const Arguments& arguments) {
  std::vector<fs::path> runs = runs_of_all(arguments.positional);
  if (runs.empty()) {
    throw Error(ErrorKind::usage,
                "'nas verify' needs runs, or directories that hold some: nas verify RUN");
  }
  return runs;
}

/// Before hours go into a next run that nobody would see the result of.
void flush_stdout() {
  if (std::fflush(stdout) == 0) return;
  throw std::system_error(errno, std::generic_category(), "writing the result to stdout failed");
}

std::string result_text(CheckState state) {
  switch (state) {
    case CheckState::agrees:
      return "ok";
    case CheckState::differs:
      return "differs";
    case CheckState::unknown:
      return "unknown";
  }
  return {};
}

/// Why bits may differ; empty where they may not.
std::string tolerance_text(const RunVerification& verification) {
  if (verification.agreement == Agreement::exact) return {};
  std::string reasons;
  for (const EnvironmentItem& item : verification.environment) {
    if (item.kind != EnvironmentItem::Kind::numerics || !item.differs()) continue;
    reasons += fmt::format("{}the {} is {} here and was {}", reasons.empty() ? "" : ", ", item.what,
                           item.here, item.recorded);
  }
  const Tolerance accuracy = tolerance_of("accuracy");
  const Tolerance other = tolerance_of("loss");
  return fmt::format(
      "Compared within a tolerance, not bit for bit: {}. Accuracies may differ by {:g} percentage "
      "points, other measurements by {:g} %.",
      reasons, 100 * accuracy.absolute, 100 * other.relative);
}

std::string verdict(const RunVerification& verification) {
  if (verification.cancelled) return "Interrupted: nothing is known of the rest.";
  if (verification.obstacle) return "Not verified: the run cannot be put together here.";
  if (const auto difference = verification.first_difference()) {
    return fmt::format("Not verified: {}", *difference);
  }
  if (verification.trained_again == 0) return "What is stored agrees; nothing was trained again.";
  return fmt::format("Verified: {} trained again, {}.",
                     counted(static_cast<double>(verification.trained_again), "trial"),
                     verification.agreement == Agreement::exact ? "equal bit for bit"
                                                                : "equal within the tolerance");
}

Table check_table(const RunVerification& verification) {
  Table table{{{"check"}, {"result"}, {"detail", Align::left, true}}, {}};
  for (const auto& [name, outcome] : verification.checks) {
    table.rows.push_back({name, result_text(outcome.state), outcome.detail});
  }
  return table;
}

void print_verification(const RunVerification& verification) {
  const std::size_t width = terminal_width(STDOUT_FILENO);
  fmt::print("Run {}: {}\n\n", verification.run.string(), verification.title);
  Table differing{{{"other here"}, {"recorded", Align::left, true}, {"here", Align::left, true}},
                  {}};
  for (const EnvironmentItem& item : verification.environment) {
    if (item.differs()) differing.rows.push_back({item.what, item.recorded, item.here});
  }
  if (differing.rows.empty()) {
    fmt::print("Machine, versions, libraries and data are those of the run.\n\n");
  } else {
    fmt::print("{}\n", to_text(differing, width));
  }
  if (const std::string text = tolerance_text(verification); !text.empty()) {
    fmt::print("{}\n\n", hanging("", text, width));
  }
  fmt::print("{}\n{}\n", to_text(check_table(verification), width),
             hanging("", verdict(verification), width));
}

nlohmann::json to_json(const RunVerification& verification) {
  nlohmann::json environment = nlohmann::json::array();
  for (const EnvironmentItem& item : verification.environment) {
    environment.push_back({{"what", item.what},
                           {"recorded", item.recorded},
                           {"here", item.here},
                           {"differs", item.differs()}});
  }
  nlohmann::json checks = nlohmann::json::array();
  for (const auto& [name, outcome] : verification.checks) {
    checks.push_back(
        {{"check", name}, {"result", result_text(outcome.state)}, {"detail", outcome.detail}});
  }
  const auto difference = verification.first_difference();
  nlohmann::json object = {
      {"run", verification.run.string()},
      {"verified", !difference && !verification.obstacle && !verification.cancelled},
      {"agreement", verification.agreement == Agreement::exact ? "exact" : "tolerated"},
      {"trained_again", verification.trained_again},
      {"environment", std::move(environment)},
      {"checks", std::move(checks)},
      {"first_difference", nullptr},
      {"error", nullptr}};
  if (difference) object["first_difference"] = *difference;
  if (verification.obstacle) object["error"] = verification.obstacle->what();
  return object;
}

nlohmann::json to_json(const fs::path& run, const Error& error) {
  return {{"run", run.string()}, {"verified", false}, {"error", error.what()}};
}

/// What all runs have come to, as it is printed and as an exit code.
class Verdicts {
 public:
  explicit Verdicts(Format format) : format_(format) {}

  void add(const RunVerification& verification) {
    if (format_ == Format::text) {
      if (!first_) fmt::print("\n");
      print_verification(verification);
      flush_stdout();
    }
    for (auto& row : check_table(verification).rows) {
      row.insert(row.begin(), verification.run.string());
      table_.rows.push_back(std::move(row));
    }
    runs_.push_back(to_json(verification));
    first_ = false;
    if (verification.obstacle) fail(verification.run, *verification.obstacle);
    if (const auto difference = verification.first_difference()) {
      report_error(fmt::format("'{}' is not verified: {}", verification.run.string(), *difference));
      code_ = exit_code::mismatch;
    }
  }

  void add(const fs::path& run, const Error& error) {
    runs_.push_back(to_json(run, error));
    fail(run, error);
  }

  int print() const {
    nlohmann::json object = json_object("nas.verification");
    object["runs"] = runs_;
    if (format_ != Format::text) cli::print(format_, table_, object);
    return code_;
  }

 private:
  /// A difference goes before what could not be verified.
  void fail(const fs::path& run, const Error& error) {
    report_error(fmt::format("'{}' cannot be verified: {}", run.string(), error.what()));
    if (code_ != exit_code::mismatch) code_ = exit_code_of(error.kind());
  }

  const Format format_;
  int code_ = exit_code::ok;
  bool first_ = true;
  Table table_{{{"run"}, {"check"}, {"result"}, {"detail"}}, {}};
  nlohmann::json runs_ = nlohmann::json::array();
};

}  // namespace

int verify_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const Environment environment = process_environment();
  const Settings settings(arguments, environment);
  const VerificationSettings wanted = requested_verification(arguments, settings);
  const std::vector<fs::path> runs = verified_runs(arguments);
  const InterruptHandler interrupts(InterruptHandler::Work::single);
  Verdicts verdicts(format);
  for (const fs::path& run : runs) {
    try {
      const RunVerification verification =
          verify_run(run, wanted, arguments, environment, interrupts.token());
      verdicts.add(verification);
    } catch (const Error& error) {
      verdicts.add(run, error);
    }
    if (interrupts.signal() != 0) break;
  }
  const int code = verdicts.print();
  return interrupts.signal() != 0 ? interrupts.exit_code() : code;
}

}  // namespace nas::cli
