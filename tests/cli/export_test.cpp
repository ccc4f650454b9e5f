// Networks and trials for other programs. What ONNX models compute is compared in tests/peers/onnx.

#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/cli/tiny_data.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

/// A run that trains in a moment, and a place for what is exported.
class TrainedRun {
 public:
  explicit TrainedRun(const std::string& final_epochs = "1") {
    const Outcome outcome =
        nas_program({"run", "--data", write_tiny_data(directory_).string(), "--out", run(),
                     "--trials", "3", "--seed", "7", "--set", "train.batch_size=16", "--set",
                     "mbconv.max_depth=1", "--final-epochs", final_epochs, "--quiet", "--json"});
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    best_ = outcome.json().at("best").at("trial").get<int>();
  }

  std::string run() const { return (directory_.path() / "run").string(); }
  std::string file(const std::string& name) const { return (directory_.path() / name).string(); }
  std::string best() const { return std::to_string(best_); }
  std::string another() const { return std::to_string(best_ == 0 ? 1 : 0); }
  const TemporaryDirectory& directory() const { return directory_; }

 private:
  TemporaryDirectory directory_;
  int best_ = 0;
};

/// `nas export` with these words; checks that it ends well.
Outcome exported(Words words) {
  words.insert(words.begin(), "export");
  const Outcome outcome = nas_program(words);
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  return outcome;
}

TEST_CASE("export writes a run's best network as ONNX, and says what it reads and gives") {
  const TrainedRun run;
  const std::string file = run.file("best.onnx");
  const Outcome outcome = exported({run.run(), "-o", file});
  for (const char* part : {"best.onnx (", "image: N x 1 x 8 x 8, (value - 1", "classifier: N x 2",
                           "trained (test_accuracy ", "batch norms kept"}) {
    INFO(part);
    CHECK(contains(outcome.out, part));
  }
  const std::string model = file_content(file);
  CHECK(contains(model, "BatchNormalization"));
  CHECK(contains(model, "stem.norm.running_mean"));

  const nlohmann::json object =
      exported({run.run(), "--fold-bn", "-o", run.file("folded.onnx"), "--json"}).json();
  CHECK(object.at("schema") == "nas.export");
  CHECK(object.at("version") == 1);
  CHECK(object.at("path") == run.file("folded.onnx"));
  CHECK(object.at("bytes") == fs::file_size(run.file("folded.onnx")));
  CHECK(object.at("trial").dump() == run.best());
  CHECK(object.at("inputs") == nlohmann::json::parse(R"([{"name": "image",
                                                          "shape": ["N", 1, 8, 8]}])"));
  CHECK_FALSE(contains(file_content(run.file("folded.onnx")), "BatchNormalization"));
}

TEST_CASE("an ONNX model holds what a deployment must know, all of it documented") {
  const TrainedRun run;
  const nlohmann::json metadata =
      exported({run.run(), "-o", run.file("best.onnx"), "--json"}).json().at("metadata");
  CHECK(metadata.at("run") == "run");
  CHECK(metadata.at("trial") == run.best());
  CHECK(metadata.at("classes") == "2");
  CHECK(metadata.at("weights") == "trained");
  CHECK(metadata.at("input_values") == "normalised");
  CHECK(nlohmann::json::parse(metadata.at("mean").get<std::string>()).size() == 1);
  CHECK(nlohmann::json::parse(metadata.at("deviation").get<std::string>()).size() == 1);
  const std::string model = file_content(run.file("best.onnx"));
  const std::string document = file_content(NAS_EXPORT_DOCUMENT);
  for (const auto& [name, value] : metadata.items()) {
    INFO(name);
    CHECK(contains(model, name));
    CHECK(contains(model, value.get<std::string>()));
    CHECK(contains(document, "`" + name + "`"));
  }
}

TEST_CASE("the same export gives the same bytes") {
  const TrainedRun run;
  exported({run.run(), "-o", run.file("a.onnx")});
  exported({run.run(), "-o", run.file("b.onnx")});
  CHECK(file_content(run.file("a.onnx")) == file_content(run.file("b.onnx")));
  const Outcome inside = nas_program({"export", ".", "-o", "../c.onnx"}, {.directory = run.run()});
  INFO(inside.err);
  CHECK(inside.code == 0);
  CHECK(file_content(run.file("a.onnx")) == file_content(run.file("c.onnx")));
}

TEST_CASE("a network that takes values as the data have them normalises them itself") {
  const TrainedRun run;
  const nlohmann::json object =
      exported({run.run(), "--raw-input", "-o", run.file("raw.onnx"), "--json"}).json();
  CHECK(object.at("metadata").at("input_values") == "raw");
  const std::string model = file_content(run.file("raw.onnx"));
  CHECK(contains(model, "image/mean"));
  CHECK(contains(model, "image/deviation"));
  check_rejected(
      {"export", run.run(), "--raw-input", "--initial-weights", "-o", run.file("other.onnx")}, 3,
      "do not say how their input was normalised");
}

TEST_CASE("a trial whose weights were not kept says how to get some") {
  const TrainedRun run;
  const std::string file = run.file("other.onnx");
  check_rejected({"export", run.run(), "--trial", run.another(), "-o", file}, 2,
                 "trial " + run.another() + " of '" + run.run() + "' has no weights");
  CHECK_FALSE(fs::exists(file));

  // As the message says.
  const std::string weights = run.file("other.safetensors");
  const Outcome trained = nas_program({"eval", run.run(), run.another(), "--final",
                                       "--save-weights", weights, "--quiet", "--json"});
  INFO(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(trained.json().at("metrics").contains("test_accuracy"));
  const nlohmann::json metadata =
      exported({run.run(), "--trial", run.another(), "--weights", weights, "-o", file, "--json"})
          .json()
          .at("metadata");
  CHECK(metadata.at("weights") == "trained");
  CHECK_FALSE(metadata.contains("test_accuracy"));  // not known of weights from elsewhere

  const nlohmann::json untrained =
      exported({run.run(), "--trial", run.another(), "--initial-weights", "-o",
                run.file("initial.onnx"), "--json"})
          .json();
  CHECK(untrained.at("metadata").at("weights") == "initial");
}

TEST_CASE("a run without a final training has no weights") {
  const TrainedRun run("0");
  check_rejected({"export", run.run(), "-o", run.file("best.onnx")}, 2,
                 "no network has been trained to the end and kept");
  exported({run.run(), "-o", run.file("best.svg")});
}

TEST_CASE("the other formats show the architecture, of any trial") {
  const TrainedRun run;
  const std::string json = run.file("net.json");
  exported({run.run(), "--trial", run.another(), "-o", json});
  const nlohmann::json shown =
      nas_program({"show", run.run(), run.another(), "--json"}).json().at("architecture");
  CHECK(nlohmann::json::parse(file_content(json)) == shown);

  const std::string dot = exported({"--architecture", json, "--format", "dot", "-o", "-"}).out;
  CHECK(dot.starts_with("digraph architecture {"));
  CHECK(dot == exported({run.run(), "--trial", run.another(), "--format", "dot", "-o", "-"}).out);
  const std::string svg = exported({"--architecture", json, "--format", "svg", "-o", "-"}).out;
  CHECK(svg.starts_with("<svg"));
  CHECK(contains(svg, "classifier"));
  const std::string best =
      exported({"--architecture", run.run(), "--format", "dot", "-o", "-"}).out;
  CHECK(best == file_content(fs::path(run.run()) / "best/architecture.dot"));
}

TEST_CASE("the trials are exported as nas show prints them") {
  const TrainedRun run;
  const std::string file = run.file("trials.csv");
  const Outcome outcome = exported({run.run(), "-o", file});
  CHECK(contains(outcome.out, "3 trials of "));
  CHECK(file_content(file) == nas_program({"show", run.run(), "--csv"}).out);
  check_rejected({"export", run.run(), "--trial", "0", "--format", "csv", "-o", "-"}, 2,
                 "the table of all trials of a RUN");
  check_rejected({"export", "--named", "mobilenetv2-1.0", "--format", "csv", "-o", "-"}, 2,
                 "the table of all trials of a RUN");
}

TEST_CASE("networks of a space are exported without a run") {
  const TemporaryDirectory directory;
  const std::string file = (directory.path() / "a.json").string();
  exported({"--space", "mnasnet", "--named", "mnasnet-a1", "-o", file});
  CHECK(nlohmann::json::parse(file_content(file)) ==
        nas_program({"space", "show", "mnasnet", "--named", "mnasnet-a1", "--json"})
            .json()
            .at("architecture"));
  const std::string genotype = nas_program({"space", "sample", "nasbench201", "--json"})
                                   .json()["samples"][0]["genotype"]
                                   .dump();
  const std::string model = (directory.path() / "a.onnx").string();
  const Words words = {"--space", "nasbench201", "--genotype", genotype, "-o", model};
  Words bare = words;
  bare.insert(bare.begin(), "export");
  check_rejected(bare, 2, "has no weights; name a file of them with --weights");
  Words initial = words;
  initial.insert(initial.end(), {"--initial-weights", "--json"});
  CHECK(exported(initial).json().at("inputs")[0].at("shape") ==
        nlohmann::json::parse("[\"N\", 1, 28, 28]"));
}

TEST_CASE("nothing is overwritten unless that is asked for") {
  const TrainedRun run;
  const fs::path file = run.directory().write("best.svg", "mine");
  check_rejected({"export", run.run(), "-o", file.string()}, 9,
                 "'" + file.string() + "' exists already; --force replaces it");
  CHECK(file_content(file) == "mine");
  exported({run.run(), "-o", file.string(), "--force"});
  CHECK(file_content(file).starts_with("<svg"));
  check_rejected({"export", run.run(), "-o", run.file("nowhere/best.svg")}, 9,
                 "there is no folder");
  check_rejected({"export", run.run(), "--format", "svg", "-o", run.run()}, 9, "it is a folder");
}

TEST_CASE("a disk that fills up leaves nothing behind, nor spoils what was there") {
  const TrainedRun run;
  const fs::path file = run.directory().write("best.onnx", "mine");
  const Surroundings small_disk{.before = [] {
    const rlimit limit{.rlim_cur = 4096, .rlim_max = 4096};
    return ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
  }};
  check_rejected({"export", run.run(), "-o", file.string(), "--force"}, 9, "cannot write '",
                 small_disk);
  CHECK(file_content(file) == "mine");
  check_rejected({"export", run.run(), "-o", run.file("new.onnx")}, 9, "cannot write '",
                 small_disk);
  for (const fs::directory_entry& entry : fs::directory_iterator(run.directory().path())) {
    CHECK_FALSE(contains(entry.path().filename().string(), "new"));
  }
  check_rejected({"export", run.run(), "--format", "svg", "-o", "/dev/full"}, 9,
                 "cannot write '/dev/full': No space left on device");
}

TEST_CASE("what cannot be read is said, and nothing written") {
  const TrainedRun run;
  const std::string file = run.file("best.onnx");
  check_rejected({"export", run.file("nowhere"), "-o", file}, 8, "there is no run directory");
  check_rejected({"export", run.run(), "--trial", "99", "-o", file}, 2, "there is no trial '99'");
  check_rejected({"export", run.run(), "--trial", "best", "-o", file}, 2,
                 "--trial 'best': must be a whole number");
  check_rejected({"export", "--architecture", run.file("nowhere.json"), "-o", file}, 9,
                 "cannot read");
  const fs::path weights = fs::path(run.run()) / "best/weights.safetensors";
  const std::string before = file_content(weights);
  run.directory().write("run/best/weights.safetensors", before.substr(0, before.size() / 2));
  check_rejected({"export", run.run(), "-o", file}, 3, "weights.safetensors': ");
  std::string changed = before;
  changed[changed.size() - 10] ^= 1;
  run.directory().write("run/best/weights.safetensors", changed);
  check_rejected({"export", run.run(), "-o", file}, 3, "its content has another hash");
  fs::remove(weights);
  check_rejected({"export", run.run(), "-o", file}, 9, "cannot read weights file");
  const std::string other = run.directory().write("other.safetensors", "").string();
  check_rejected({"export", run.run(), "--weights", other, "-o", file}, 3, "other.safetensors");
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("weights of another network are refused with what is missing") {
  const TrainedRun run;
  check_rejected({"export", "--named", "mobilenetv2-1.0", "--weights",
                  run.run() + "/best/weights.safetensors", "-o", run.file("a.onnx")},
                 3, "parameter '");
}

TEST_CASE("words that do not fit together are refused") {
  check_rejected({"export", "run"}, 2, "needs -o FILE");
  check_rejected({"export", "-o", "a.svg"}, 2, "needs either RUN");
  check_rejected({"export", "run", "--named", "x", "-o", "a.svg"}, 2, "needs either RUN");
  check_rejected({"export", "run", "-o", "a.png"}, 2,
                 "--format is missing, and 'a.png' does not end in .onnx, .dot, .svg, .json, .csv");
  check_rejected({"export", "run", "--format", "svgg", "-o", "a"}, 2, "did you mean 'svg'?");
  check_rejected({"export", "run", "--fold-bn", "-o", "a.svg"}, 2, "--fold-bn is of --format onnx");
  check_rejected({"export", "run", "--seed", "3", "-o", "a.onnx"}, 2,
                 "--seed is that of --initial-weights");
  check_rejected({"export", "run", "--space", "mbconv", "-o", "a.svg"}, 2,
                 "--space goes with --genotype or --named alone");
  check_rejected({"export", "--architecture", "a.json", "--trial", "1", "-o", "a.svg"}, 2,
                 "--trial needs a RUN");
  check_rejected({"export", "run", "--format", "onnx", "-o", "-"}, 2, "an ONNX model is no text");
  check_rejected({"export", "run", "--format", "svg", "--json", "-o", "-"}, 2,
                 "--json describes the file");
}

}  // namespace
}  // namespace nas
