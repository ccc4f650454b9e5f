/// One sitting of a run: what `run` and `resume` share.
#pragma once

#include "cli/experiment.hpp"
#include "cli/signals.hpp"
#include "cli/table.hpp"
#include "results/run_directory.hpp"

namespace nas::cli {

struct SessionSettings {
  int jobs = 1;
  bool quiet = false;
  Format format = Format::text;
};

/// Goes on with `run` from where it is to its end, prints its summary, and gives the exit code.
/// Whatever ends it early is recorded in the run first.
int run_session(const Experiment& experiment, RunDirectory& run, const SessionSettings& settings);

/// The same as one of several runs that share the signals: says nothing, and does everything in the
/// calling thread.
int run_within_series(const Experiment& experiment, RunDirectory& run,
                      InterruptHandler& interrupts);

/// The summary on stdout, for a run that needs no more work as well.
void print_summary(const RunDirectory& run, Format format);

}  // namespace nas::cli
