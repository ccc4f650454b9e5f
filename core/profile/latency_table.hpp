/// How long each step of inference takes on one machine: what `nas profile` measures, and what
/// limits on latency are checked against.
///
/// The latency of a network is the sum over its steps, as the engine compiles them for one sample:
/// a function of the network and the table, not of the machine that asks. FORMAT.md in this folder
/// describes the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/engine/program.hpp"
#include "core/profile/pace.hpp"

namespace nas {

/// Where latencies were measured.
struct Machine {
  std::string cpu;              ///< model
  std::string instruction_set;  ///< that the engine uses
  std::string engine;           ///< and its version
  int threads = 1;
  friend bool operator==(const Machine&, const Machine&) = default;
};
Machine this_machine();

struct StepLatency {
  double microseconds = 0;
  std::int64_t samples = 0;  ///< runs that were measured
  bool undisturbed = true;   ///< whether nobody slowed them down (see core/profile/pace.hpp)
  friend bool operator==(const StepLatency&, const StepLatency&) = default;
};

struct LatencyEstimate {
  double milliseconds = 0;       ///< of the steps that the table has
  std::vector<StepKey> missing;  ///< the others, each once
};

class LatencyTable {
 public:
  /// `reference` is an undisturbed pace: times are those at its clock.
  LatencyTable(Machine machine, const Pace& reference);
  /// Throws Error(io) where the file cannot be read and Error(data), with the line, where it is
  /// malformed.
  static LatencyTable read(const std::filesystem::path& file);
  /// Throws Error(io).
  void write(const std::filesystem::path& file) const;

  const Machine& machine() const { return machine_; }
  const Pace& reference() const { return reference_; }
  const std::map<StepKey, StepLatency>& steps() const { return steps_; }
  /// Replaces what is there.
  void set(const StepKey& key, const StepLatency& latency) { steps_[key] = latency; }

  /// For one sample. Compiles the network, which takes some milliseconds. Safe to call from several
  /// threads.
  LatencyEstimate estimate(const Architecture& architecture) const;

 private:
  Machine machine_;
  Pace reference_;
  std::map<StepKey, StepLatency> steps_;
};

}  // namespace nas
