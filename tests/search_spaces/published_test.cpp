#include <map>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/parameters/parameter_store.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/registry.hpp"
#include "search_spaces/staged/description_json.hpp"
#include "search_spaces/staged/staged_space.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;

namespace {

std::unique_ptr<SearchSpace> space(const std::string& name,
                                   const std::map<std::string, std::string>& options,
                                   const Task& task = {{1, 28, 28}, 10}) {
  const SpaceEntry& entry = search_space(name);
  return entry.make(task, OptionValues(name, entry.options, options));
}

std::string published_size(const std::string& name, std::map<std::string, std::string> options) {
  options["preset"] = "published";
  return size_digits(*space(name, options, {{3, 224, 224}, 1000}));
}

/// Of a published network for its own input.
Cost named_cost(const std::string& space_name, const std::string& name) {
  const NamedArchitecture& named = named_architecture(search_space(space_name), name);
  return cost(named.build(named.task));
}

void check_cost(const std::string& space_name, const std::string& name, std::int64_t params,
                std::int64_t macs) {
  CAPTURE(name);
  const Cost found = named_cost(space_name, name);
  CHECK(found.params == params);
  CHECK(found.macs == macs);
}

}  // namespace

TEST_CASE("published networks have their published parameters and MACs") {
  check_cost("mnasnet", "mnasnet-a1", 3'887'038, 311'579'072);
  check_cost("ofa", "ofa-largest", 7'664'760, 566'170'656);
  check_cost("spos", "spos-uniform-0", 3'132'448, 295'842'496);
  check_cost("mbconv", "mobilenetv2-1.0", 3'504'872, 300'774'272);
  CHECK(named_cost("spos", "spos-uniform-1").macs == 313'654'976);
  check_cost("spos", "spos-found", 3'529'312, 322'918'720);
}

TEST_CASE("MLPerf Tiny's networks have the parameters and MACs of its reference models") {
  // Keras' summaries count running means and variances too, two a channel of batch norm.
  constexpr std::int64_t resnet8_channels = 16 * 3 + 32 * 2 + 64 * 2;
  constexpr std::int64_t ds_cnn_channels = 64 * 9;
  constexpr std::int64_t mobilenet_channels = 2736;
  check_cost("mbconv", "resnet8", 78'666 - 2 * resnet8_channels, 12'501'632);
  check_cost("mbconv", "ds-cnn", 24'908 - 2 * ds_cnn_channels, 2'656'768);
  check_cost("mbconv", "mobilenetv1-0.25", 221'794 - 2 * mobilenet_channels, 7'489'664);
}

TEST_CASE("designed networks fit the images that searches are about") {
  for (const char* name : {"resnet8", "mobilenetv1-0.25", "ds-cnn", "mobilenetv2-0.35"}) {
    CAPTURE(name);
    const Architecture net = named_architecture(name).build({{1, 28, 28}, 10});
    CHECK(net.shape(net.outputs().front()) == Shape{10, 1, 1});
  }
  // Keyword spotting's 49 x 10, and 28 x 28: Keras' sizes behind the first convolution.
  const NamedArchitecture& ds_cnn = named_architecture("ds-cnn");
  CHECK(ds_cnn.build(ds_cnn.task).shape(1) == Shape{64, 25, 5});
  CHECK(ds_cnn.build({{1, 28, 28}, 10}).shape(1) == Shape{64, 14, 14});
}

TEST_CASE("a network that nobody has published is refused with the nearest name") {
  CHECK_THROWS_WITH(named_architecture("resnet9"), Catch::Contains("did you mean 'resnet8'"));
}

TEST_CASE("other networks of the same papers") {
  // As torchvision's mnasnet1_0 counts its parameters.
  CHECK(named_cost("mnasnet", "mnasnet-b1").params == 4'383'312);
  // Below width 1 the last convolution keeps its channels, and with them the classifier its size.
  const NamedArchitecture& narrow = named_architecture(search_space("mcunet"), "mobilenetv2-0.35");
  const Architecture net = narrow.build(narrow.task);
  CHECK(net.parameters(net.outputs().front()).front().shape ==
        std::vector<std::int64_t>{1000, 1280});
  CHECK(named_cost("ofa", "ofa-smallest").params < named_cost("ofa", "ofa-largest").params);
}

TEST_CASE("MobileNetV2 takes the memory that MCUNet's model gives") {
  const Cost whole = named_cost("mbconv", "mobilenetv2-1.0");
  CHECK(whole.ram_int8 == 1'505'280);
  CHECK(whole.flash_int8 == 3'487'816);  // norms folded into biases
  const NamedArchitecture& named = named_architecture(search_space("mbconv"), "mobilenetv2-1.0");
  const Architecture net = named.build(named.task);
  std::int64_t without_norms = whole.params;
  for (NodeId node = 0; node < net.size(); ++node) {
    if (net.op(node).kind() == OpKind::batch_norm) without_norms -= 2 * net.shape(node).channels;
  }
  CHECK(without_norms == 3'470'760);
  const NamedArchitecture& narrow = named_architecture(search_space("mbconv"), "mobilenetv2-0.35");
  CHECK(cost(narrow.build({{3, 144, 144}, 1000})).ram_int8 == 311'040);
}

TEST_CASE("networks take other resolutions, channels and classes") {
  const Task task{{1, 128, 128}, 10};
  for (const SpaceEntry& entry : search_spaces()) {
    if (entry.name == "nasfpn") continue;  // pyramids of features, without classes
    for (const NamedArchitecture& named : entry.named) {
      CAPTURE(named.name);
      const Architecture net = named.build(task);
      CHECK(net.shape(net.outputs().front()) == Shape{10, 1, 1});
    }
  }
  const NamedArchitecture& largest = named_architecture(search_space("ofa"), "ofa-largest");
  CHECK(cost(largest.build({{3, 128, 128}, 1000})).macs == 188'248'320);
}

TEST_CASE("SPOS' found path with scales and shifts") {
  const auto affine =
      space("spos", {{"preset", "published"}, {"affine", "true"}}, {{3, 224, 224}, 1000});
  const Genotype found{{2, 1, 0, 1, 2, 0, 2, 0, 2, 0, 2, 3, 0, 0, 0, 0, 3, 2, 3, 3}};
  CHECK(cost(affine->build(found)).params == 3'558'464);
}

TEST_CASE("published sizes") {
  CHECK(published_size("mnasnet", {}) == "15045919506432");
  CHECK(published_size("proxyless", {}) == "221502229807900608");
  CHECK(published_size("ofa", {{"resolutions", "false"}}) == "21758655492572485851");
  CHECK(published_size("ofa", {}) == "543966387314312146275");
  CHECK(published_size("spos", {}) == "1099511627776");
  CHECK(published_size("spos", {{"channels", "true"}}) == "109951162777600000000000000000000");
  CHECK(published_size("mcunet", {}) == "195827899433152372659");
}

TEST_CASE("small spaces of elastic units have the sizes that are counted by hand") {
  const auto size_of = [](const std::string& stages) {
    const std::string text =
        R"({"schema": "nas.space", "version": 1, "name": "units", "weights": "elastic",
            "stem": {"width": 8, "stride": 1}, "stages": [)" +
        stages + "]}";
    const StagedSpace units("described", description_from_json(text, "units.json"), fashion_task);
    CHECK(count_by_enumeration(units) == units.size()->value);
    return size_digits(units);
  };
  const std::string unit = R"({"width": 8, "depth": [1, 2], "kernel": [3, 5], "expansion": )";
  CHECK(size_of(unit + "3}") == "6");
  CHECK(size_of(unit + "[2, 4]}") == "20");
  CHECK(size_of(unit + "[2, 4]}, " + unit + "[2, 4]}") == "400");
  CHECK(size_of(R"({"width": 8, "depth": [2, 3, 4], "kernel": [3, 5, 7],
                    "expansion": [3, 4, 6]})") == "7371");
}

TEST_CASE("Once-for-All transforms the kernels of 20 layers by 706 numbers each") {
  const auto ofa = space("ofa", {{"preset", "published"}, {"resolutions", "false"}}, imagenet_task);
  Genotype genotype{std::vector<int>(ofa->decisions().size(), 0)};
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    if (ofa->decisions()[i].name.ends_with(".depth")) genotype.answers[i] = 2;
  }
  ParameterStore store;
  store.prepare(ofa->build(genotype), 1);
  std::size_t numbers = 0;
  for (const auto& [name, parameter] : store.all()) {
    if (parameter->role == ParameterRole::transform) numbers += parameter->size();
  }
  CHECK(numbers == 14'120);
  CHECK(numbers == 20 * (25 * 25 + 9 * 9));
}

TEST_CASE("what else is counted") {
  const auto counts = [](const std::string& name) {
    return space(name, {{"preset", "published"}}, {{3, 224, 224}, 1000})->counts();
  };
  CHECK(counts("proxyless").at(0).digits == "558545864083284007");
  CHECK(counts("ofa").at(0).digits == "21758655492572485851");
  CHECK(counts("mnasnet").at(0).digits.substr(0, 4) == "3406");
}

TEST_CASE("ProxylessNAS' zero is the identity, and not open where the shape changes") {
  const auto proxyless = space("proxyless", {});
  Genotype genotype{std::vector<int>(proxyless->decisions().size(), 0)};
  const int zero = 6;
  CHECK(proxyless->allowed(genotype, 0)[zero] == false);
  CHECK(proxyless->allowed(genotype, 1)[zero] == true);
  const std::size_t before = proxyless->build(genotype).size();
  genotype.answers[1] = zero;
  // Three convolutions with norms, two activations and the sum.
  CHECK(proxyless->build(genotype).size() == before - 9);
}

TEST_CASE("a skip that no layer of a block can have is folded") {
  const auto mnasnet = space("mnasnet", {});
  Genotype genotype{std::vector<int>(mnasnet->decisions().size(), 0)};
  const std::size_t skip = 5;
  REQUIRE(mnasnet->decisions()[skip].name == "block1.skip");
  genotype.answers[skip] = 1;
  mnasnet->validate(genotype);
  CHECK(mnasnet->canonical(genotype).answers[skip] == 0);
  genotype.answers[0] = 1;
  CHECK(mnasnet->canonical(genotype).answers[skip] == 1);
}

TEST_CASE("smaller networks of an elastic space are parts of the largest") {
  const auto ofa = space("ofa", {{"resolutions", "false"}});
  Genotype smallest{std::vector<int>(ofa->decisions().size(), 0)};
  const Architecture net = ofa->build(smallest);
  for (NodeId node = 0; node < net.size(); ++node) {
    if (net.name(node) != "unit2.layer1.depthwise") continue;
    const ParameterReference reference = net.reference(node, "weight");
    CHECK(text(reference) ==
          "unit2.layer1.depthwise.weight(96, 1, 7, 7), centre 5x5, transform "
          "unit2.layer1.depthwise.7to5, centre 3x3, transform unit2.layer1.depthwise.5to3, "
          "first 48 of axis 0");
    return;
  }
  FAIL("no such layer");
}

TEST_CASE("the resolution is that of the decision or the option") {
  const auto ofa = space("ofa", {});
  REQUIRE(ofa->decisions()[0].options == std::vector<std::string>{"20", "24", "28"});
  Genotype genotype{std::vector<int>(ofa->decisions().size(), 0)};
  CHECK(ofa->build(genotype).shape(0) == Shape{1, 20, 20});
  const auto mcunet = space("mcunet", {{"resolution", "48"}});
  CHECK(mcunet->build({std::vector<int>(mcunet->decisions().size(), 0)}).shape(0) ==
        Shape{1, 48, 48});
}
