#include "cli/commands/commands.hpp"

#include <algorithm>
#include <array>

namespace nas::cli {

namespace {

using Names = std::string_view;

template <std::size_t N, std::size_t M>
constexpr std::array<Names, N + M> join(const std::array<Names, N>& a,
                                        const std::array<Names, M>& b) {
  std::array<Names, N + M> all{};
  std::ranges::copy(b, std::ranges::copy(a, all.begin()).out);
  return all;
}

constexpr std::array run_settings = {
    Names("strategy"),      Names("space"),        Names("estimator"),  Names("data"),
    Names("set"),           Names("trials"),       Names("seed"),       Names("jobs"),
    Names("window"),        Names("budget"),       Names("time-limit"), Names("memory-limit"),
    Names("async"),         Names("precision"),    Names("objective"),  Names("max"),
    Names("latency-table"), Names("final-epochs"), Names("finalists"),  Names("final-seeds"),
    Names("final-shards"),  Names("out"),          Names("config"),     Names("plugin-dir"),
    Names("quiet"),         Names("json"),         Names("csv"),        Names("help")};
constexpr std::array run_options =
    join(std::array{Names("dry-run"), Names("seeds"), Names("summary-only")}, run_settings);
constexpr std::array resume_options = {Names("jobs"), Names("plugin-dir"), Names("quiet"),
                                       Names("json"), Names("csv"),        Names("help")};
constexpr std::array eval_options = {
    Names("genotype"),  Names("architecture"), Names("space"),         Names("estimator"),
    Names("data"),      Names("set"),          Names("seed"),          Names("memory-limit"),
    Names("precision"), Names("config"),       Names("latency-table"), Names("plugin-dir"),
    Names("final"),     Names("final-epochs"), Names("final-shards"),  Names("save-weights"),
    Names("force"),     Names("quiet"),        Names("json"),          Names("csv"),
    Names("help")};
constexpr std::array verify_options = {Names("trials"),     Names("final"), Names("jobs"),
                                       Names("plugin-dir"), Names("quiet"), Names("json"),
                                       Names("csv"),        Names("help")};
constexpr std::array export_options = {
    Names("trial"),   Names("architecture"), Names("genotype"),        Names("named"),
    Names("space"),   Names("set"),          Names("input"),           Names("classes"),
    Names("format"),  Names("output"),       Names("force"),           Names("fold-bn"),
    Names("weights"), Names("raw-input"),    Names("initial-weights"), Names("seed"),
    Names("json"),    Names("help")};
constexpr std::array space_show_options = {
    Names("genotype"), Names("named"), Names("description"), Names("latency-table"),
    Names("set"),      Names("input"), Names("classes"),     Names("json"),
    Names("csv"),      Names("help")};
constexpr std::array space_count_options = {Names("set"),  Names("input"), Names("classes"),
                                            Names("json"), Names("csv"),   Names("help")};
constexpr std::array space_enumerate_options = {Names("limit"), Names("metrics"), Names("set"),
                                                Names("input"), Names("classes"), Names("csv"),
                                                Names("help")};
constexpr std::array space_check_options = {Names("input"), Names("classes"), Names("json"),
                                            Names("csv"), Names("help")};
constexpr std::array space_sample_options = {
    Names("count"), Names("distribution"), Names("latency-table"), Names("seed"), Names("set"),
    Names("input"), Names("classes"),      Names("json"),          Names("csv"),  Names("help")};
constexpr std::array space_edf_options = {
    Names("count"),     Names("estimator"),    Names("data"),   Names("set"),
    Names("objective"), Names("max"),          Names("by"),     Names("bins"),
    Names("decision"),  Names("seed"),         Names("jobs"),   Names("output"),
    Names("force"),     Names("memory-limit"), Names("config"), Names("plugin-dir"),
    Names("quiet"),     Names("json"),         Names("csv"),    Names("help")};
constexpr std::array space_optimize_options = {
    Names("channels"), Names("classes"), Names("max"),  Names("min-kept"), Names("count"),
    Names("seed"),     Names("set"),     Names("jobs"), Names("config"),   Names("plugin-dir"),
    Names("quiet"),    Names("json"),    Names("csv"),  Names("help")};
constexpr std::array compare_options = {
    Names("metric"),    Names("target"), Names("optimum"), Names("reference"), Names("baseline"),
    Names("paired"),    Names("assert"), Names("at"),      Names("clock"),     Names("force"),
    Names("resamples"), Names("seed"),   Names("jobs"),    Names("json"),      Names("csv"),
    Names("markdown"),  Names("help")};
constexpr std::array report_options = {Names("output"), Names("reference"),  Names("force"),
                                       Names("jobs"),   Names("plugin-dir"), Names("quiet"),
                                       Names("json"),   Names("help")};
constexpr std::array profile_options = {
    Names("space"),   Names("data"),     Names("set"),          Names("input"),
    Names("classes"), Names("genotype"), Names("architecture"), Names("networks"),
    Names("seed"),    Names("output"),   Names("config"),       Names("plugin-dir"),
    Names("quiet"),   Names("json"),     Names("csv"),          Names("help")};
constexpr std::array plugin_options = {Names("plugin-dir"), Names("json"), Names("csv"),
                                       Names("help")};
constexpr std::array table_options = {Names("json"), Names("csv"), Names("help")};
constexpr std::array help_options = {Names("man"), Names("help")};
constexpr std::array completion_options = {Names("help")};

constexpr Command all[] = {
    {"run", "", "search; prints the best architecture", run_options, run_command},
    {"resume", "RUN", "go on with an interrupted run", resume_options, resume_command},
    {"ls", "[DIR]", "the runs in a directory, by default in 'runs'", table_options, ls_command},
    {"show", "RUN [TRIAL]", "one run, or one of its trials with the architecture", table_options,
     show_command},
    {"compare", "RUN [RUN...]", "groups of runs beside each other, with statistics over seeds",
     compare_options, compare_command},
    {"report", "RUN [RUN...]", "one page, for a browser, of everything that runs have found",
     report_options, report_command},
    {"eval", "[RUN] [TRIAL]", "measure a run's best again, a trial, or any other architecture",
     eval_options, eval_command},
    {"verify", "RUN [RUN...]", "whether a run is whole, and comes out the same when trained again",
     verify_options, verify_command},
    {"export", "[RUN]",
     "a network as ONNX, a picture or JSON, or a run's trials, for other programs", export_options,
     export_command},
    {"plugin list", "", "strategies and estimators, and where they are from", plugin_options,
     plugin_list_command},
    {"plugin info", "NAME", "one plugin with its options", plugin_options, plugin_info_command},
    {"plugin check", "FILE", "whether a library is a plugin that can be loaded and made",
     table_options, plugin_check_command},
    {"space list", "", "the search spaces", table_options, space_list_command},
    {"space show", "NAME|FILE", "a space's decisions, or what one of its architectures costs",
     space_show_options, space_show_command},
    {"space count", "NAME|FILE", "the number of its genotypes", space_count_options,
     space_count_command},
    {"space enumerate", "NAME", "all of its different architectures, as CSV",
     space_enumerate_options, space_enumerate_command},
    {"space sample", "NAME|FILE", "draw genotypes", space_sample_options, space_sample_command},
    {"space check", "FILE", "whether a description of a space is right, and how large the space is",
     space_check_options, space_check_command},
    {"space edf", "SPACE [SPACE...]", "compare spaces by the errors of random networks",
     space_edf_options, space_edf_command},
    {"space optimize", "NAME", "choose width and resolution for a device, as TinyNAS does",
     space_optimize_options, space_optimize_command},
    {"profile", "", "measure this machine's latency, step by step, for --latency-table",
     profile_options, profile_command},
    {"data list", "", "datasets known by name, and whether they are here", table_options,
     data_list_command},
    {"data info", "NAME|DIR", "shape, classes and counts of a dataset", table_options,
     data_info_command},
    {"data check", "NAME|DIR", "whether a dataset is intact", table_options, data_check_command},
    {"config show", "", "every setting of a run with its origin", run_settings,
     config_show_command},
    {"doctor", "", "whether everything is here that a run needs", plugin_options, doctor_command},
    {"version", "", "the versions of the program and its engine", table_options, version_command},
    {"completion", "SHELL", "a script that completes words in bash: source <(nas completion bash)",
     completion_options, completion_command},
    {"help", "[COMMAND...]", "help in general, or for one command", help_options, help_command},
};

}  // namespace

std::span<const Command> commands() { return all; }

}  // namespace nas::cli
