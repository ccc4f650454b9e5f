#include <catch2/catch.hpp>

#include "core/search/blueprint.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/plugin/loaded.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

/// Three decisions of four options; codes such as "021".
const fake::Space space;

class Table {
 public:
  explicit Table(const std::string& content, Given given = {}) {
    given.try_emplace("file", directory_.write("t.csv", content).string());
    given.try_emplace("objective", "val");
    EstimatorContext context;
    context.options = options_of(*library_, given);
    context.space = &space;
    estimator_->prepare(context);
  }

  Measurement estimate(const Genotype& genotype, std::uint64_t seed = 1) const {
    const CancelToken cancel;
    return estimator_->estimate(bare_blueprint(genotype)->candidate(), {}, seed,
                                {*executor_, cancel, {}});
  }
  Metrics metrics(const Genotype& genotype, std::uint64_t seed = 1) const {
    return estimate(genotype, seed).metrics;
  }
  Estimator& operator*() const { return *estimator_; }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<Executor> executor_ = make_serial_executor();
  std::shared_ptr<const PluginLibrary> library_ =
      built_plugins().find(PluginKind::estimator, "table");
  std::shared_ptr<Estimator> estimator_ = library_->make_estimator();
};

const std::string small = "code,val,test,seconds,name\n000,0.5,0.6,10,a\n021,0.7,0.65,20,b\n";
const std::string repeated =
    "code,repeat,val,seconds\n000,1,0.5,10\n021,1,0.7,20\n021,2,0.9,40\n021,3,0.8,30\n";

}  // namespace

TEST_CASE("a row is looked up by its code, and columns of numbers are metrics") {
  const Table table(small, {{"cost", "seconds"}});
  CHECK(table.metrics({{0, 2, 1}}) ==
        Metrics{{"val", 0.7}, {"test", 0.65}, {"seconds", 20}, {"cost", 20}});
  CHECK(table.metrics({{0, 0, 0}}).at("cost") == 10);
}

TEST_CASE("the strategy may search by the objectives and the cost, and by nothing else") {
  CHECK((*Table(small)).metrics() == std::vector<std::string>{"val"});
  CHECK((*Table(small, {{"cost", "seconds"}, {"objective", "test,val"}})).metrics() ==
        std::vector<std::string>{"test", "val", "cost"});
}

TEST_CASE("the table needs neither architectures nor data, and reuses nothing") {
  const Table table(small);
  CHECK_FALSE((*table).needs_architecture());
  CHECK_FALSE((*table).needs_data());
  CHECK_FALSE((*table).depends_on_run_seed());
  CHECK_FALSE((*table).reuse_key(bare_blueprint({{0, 0, 0}})->candidate()).has_value());
}

TEST_CASE("a genotype that is not in the table is a failed trial") {
  const Measurement measurement = Table(small).estimate({{3, 3, 3}});
  CHECK(measurement.status == Measurement::Status::failed);
  CHECK_THAT(measurement.reason, Contains("[3,3,3] is not in '") && Contains("t.csv'"));
}

TEST_CASE("codes may be written as genotypes, in quotes") {
  const Table table("val,key\n0.25,\"[0,2,1]\"\n", {{"key", "key"}});
  CHECK(table.metrics({{0, 2, 1}}).at("val") == 0.25);
}

TEST_CASE("an empty cell is no metric, and a column with a text in it is none in any row") {
  const Table table("code,val,a,b\n000,1,,2\n001,2,5,x\n");
  CHECK(table.metrics({{0, 0, 0}}) == Metrics{{"val", 1}});
  CHECK(table.metrics({{0, 0, 1}}) == Metrics{{"val", 2}, {"a", 5}});
}

TEST_CASE("several rows of a key are their mean, the first, or one drawn by the seed") {
  const Table mean(repeated, {{"cost", "seconds"}, {"repeats", "mean"}});
  CHECK(mean.metrics({{0, 2, 1}}).at("val") == Approx(0.8));
  CHECK(mean.metrics({{0, 2, 1}}).at("cost") == Approx(30));
  CHECK(mean.metrics({{0, 0, 0}}).at("val") == 0.5);
  const Table first(repeated, {{"repeats", "first"}});
  CHECK(first.metrics({{0, 2, 1}}, 5).at("val") == 0.7);
  const Table draw(repeated, {{"cost", "seconds"}, {"repeats", "draw"}});
  std::map<double, int> drawn;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Metrics metrics = draw.metrics({{0, 2, 1}}, seed);
    CHECK(metrics == draw.metrics({{0, 2, 1}}, seed));
    ++drawn[metrics.at("cost")];
  }
  CHECK(drawn.size() == 3);
  for (const auto& [cost, count] : drawn) CHECK(count > 60);
}

TEST_CASE("table.where selects rows") {
  CHECK(Table(repeated, {{"where", "repeat=2"}}).metrics({{0, 2, 1}}).at("val") == 0.9);
  CHECK(Table(repeated, {{"where", "repeat>1,seconds<=30.0"}}).metrics({{0, 2, 1}}).at("val") ==
        0.8);
  CHECK(
      Table(repeated, {{"where", "repeat!=2,code=021,repeat>=3"}}).metrics({{0, 2, 1}}).at("val") ==
      0.8);
  CHECK(Table(repeated, {{"where", "repeat<2"}}).estimate({{0, 0, 0}}).status ==
        Measurement::Status::ok);
  CHECK(Table(small, {{"where", "name=b"}}).estimate({{0, 0, 0}}).status ==
        Measurement::Status::failed);
}

TEST_CASE("what is wrong with the rows is said with the line") {
  CHECK_THROWS_WITH(Table(repeated), Contains("line 4: the key '021' is that of line 3 too") &&
                                         Contains("table.repeats=mean"));
  CHECK_THROWS_WITH(Table("code,val\n000,x\n"),
                    Contains("line 2: 'val' is 'x'; it must be a number"));
  CHECK_THROWS_WITH(Table("code,val\n000,1\n001,\n"), Contains("line 3: 'val' is ''"));
  CHECK_THROWS_WITH(Table("code,val\n000,nan\n"), Contains("line 2: 'val' is 'nan'"));
  CHECK_THROWS_WITH(Table("code,val,s\n000,1,x\n", {{"cost", "s"}}),
                    Contains("line 2: 's' is 'x'"));
  for (const std::string code : {"0000", "004", "00", "", "abc"}) {
    INFO(code);
    CHECK_THROWS_WITH(Table("code,val\n" + code + ",1\n"),
                      Contains("line 2: the key '" + code + "' is no code of the space 'fake'"));
  }
  CHECK_THROWS_WITH(Table(small, {{"where", "name<3"}}),
                    Contains("line 2: 'name' is 'a', and table.where needs a number there"));
}

TEST_CASE("options that do not suit the table are refused") {
  CHECK_THROWS_WITH(Table(small, {{"file", ""}}), Contains("table.file is empty"));
  CHECK_THROWS_WITH(Table(small, {{"objective", ""}}),
                    Contains("table.objective is empty") && Contains("code, val, test"));
  CHECK_THROWS_WITH(Table(small, {{"objective", "vall"}}),
                    Contains("table.objective: ") && Contains("did you mean 'val'"));
  CHECK_THROWS_WITH(Table(small, {{"key", "kode"}}), Contains("table.key: "));
  CHECK_THROWS_WITH(Table(small, {{"cost", "second"}}), Contains("table.cost: "));
  CHECK_THROWS_WITH(Table(small, {{"key", "val"}}), Contains("both table.key and"));
  CHECK_THROWS_WITH(Table(small, {{"where", "val"}}), Contains("cannot read the condition 'val'"));
  CHECK_THROWS_WITH(Table(small, {{"where", "val<x"}}), Contains("'val<x'"));
  CHECK_THROWS_WITH(Table(small, {{"where", "nam=a"}}), Contains("table.where: "));
  CHECK_THROWS_WITH(Table(small, {{"where", "name=c"}}), Contains("selects no row"));
  CHECK_THROWS_WITH(Table("code,val,cost,s\n000,1,2,3\n", {{"cost", "s"}}),
                    Contains("has a column 'cost' already"));
}
