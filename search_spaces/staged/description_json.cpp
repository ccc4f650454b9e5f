#include "search_spaces/staged/description_json.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "search_spaces/staged/json_fields.hpp"
#include "search_spaces/staged/words.hpp"

namespace nas {
namespace {

constexpr const char* schema = "nas.space";
constexpr double version = 1;

// What a network of the size that this program trains may have.
constexpr Range<std::int64_t> channel_range{1, 65536};
constexpr Range<std::int64_t> kernel_range{1, 31};
constexpr Range<std::int64_t> stride_range{1, 2};
constexpr Range<std::int64_t> depth_range{1, 64};
constexpr Range<std::int64_t> expansion_range{1, 64};
constexpr Range<std::int64_t> group_range{1, 65536};
constexpr Range<std::int64_t> resolution_range{1, 4096};
constexpr Range<double> squeeze_range{0, 1};
constexpr Range<double> branch_range{0.01, 16};
constexpr Range<double> dropout_range{0, 0.99};

std::vector<std::string> names(const LocatedJson& json, const Located& where) {
  std::vector<std::string> result;
  if (json.kind == LocatedJson::Kind::text) return {where.name(json)};
  for (const LocatedJson& element : where.array(json).elements) {
    result.push_back(where.name(element));
  }
  return result;
}

class Reader {
 public:
  explicit Reader(std::string source) : source_(std::move(source)) {}

  SpaceDescription read(const LocatedJson& json) {
    Fields fields(json, {source_, ""});
    fields.known({"schema", "version", "name", "description", "weights", "resolution", "activation",
                  "affine", "squeeze", "stem", "stages", "cells", "head", "classifier"});
    fields.where("schema").expect(fields.required("schema"), schema);
    fields.where("version").expect(fields.required("version"), version);
    SpaceDescription space;
    space.source = source_;
    space.name = fields.text("name");
    if (fields.has("description")) space.description = fields.text("description");
    space.weights = fields.word("weights", weight_sharing_words(), space.weights);
    space.resolution =
        fields.numbers("resolution", resolution_range, Scope::stage, Choice<std::int64_t>{});
    fields.not_per_layer("resolution", space.resolution.scope);
    space.affine = fields.boolean("affine", true);
    activation_ = fields.word("activation", activation_words(), OpKind::relu);
    if (const LocatedJson* squeeze = fields.optional("squeeze")) {
      space.squeeze = read_squeeze(Fields(*squeeze, fields.where("squeeze")));
    }
    space.stem = read_stem(Fields(fields.required("stem"), fields.where("stem")));
    fields.each("cells", [&](const LocatedJson& cell, const Located& where) {
      space.cells.push_back(read_cell(Fields(cell, where)));
    });
    fields.required("stages");
    fields.each("stages", [&](const LocatedJson& stage, const Located& where) {
      space.stages.push_back(read_stage(Fields(stage, where), space.stages.size() + 1));
    });
    space.head.activation = activation_;
    if (const LocatedJson* head = fields.optional("head")) {
      read_head(Fields(*head, fields.where("head")), space.head);
    }
    if (const LocatedJson* classifier = fields.optional("classifier")) {
      Fields of_classifier(*classifier, fields.where("classifier"));
      of_classifier.known({"bias", "dropout"});
      space.head.bias = of_classifier.boolean("bias", true);
      space.head.dropout = of_classifier.number("dropout", dropout_range, 0);
    }
    return space;
  }

 private:
  static SqueezeRule read_squeeze(const Fields& fields) {
    fields.known({"of", "divisor", "gate"});
    SqueezeRule rule;
    const std::pair<std::string_view, bool> of[] = {{"input", false}, {"expanded", true}};
    const std::pair<std::string_view, OpKind> gates[] = {{"sigmoid", OpKind::sigmoid},
                                                         {"h_sigmoid", OpKind::h_sigmoid}};
    rule.of_expanded = fields.word("of", Words<bool>(of), false);
    rule.divisor = fields.integer("divisor", channel_range, 1);
    rule.gate = fields.word("gate", Words<OpKind>(gates), OpKind::sigmoid);
    return rule;
  }

  Stem read_stem(const Fields& fields) const {
    fields.known({"width", "kernel", "stride", "activation"});
    Stem stem;
    stem.line = fields.line();
    stem.width = fields.numbers("width", channel_range, Scope::stage, std::nullopt);
    fields.not_per_layer("width", stem.width.scope);
    stem.kernel = fields.integer("kernel", kernel_range, 3);
    if (const LocatedJson* kernel = fields.optional("kernel")) {
      fields.where("kernel").odd(*kernel, stem.kernel);
    }
    stem.stride = fields.integer("stride", stride_range, 2);
    if (const LocatedJson* stride = fields.optional("stride")) stem.line = stride->line;
    stem.activation = fields.word("activation", activation_words(), activation_);
    return stem;
  }

  Stage read_stage(const Fields& fields, std::size_t number) const {
    Stage stage;
    stage.line = fields.line();
    stage.name = fields.has("name") ? fields.name("name") : fmt::format("stage{}", number);
    stage.depth = fields.numbers("depth", depth_range, Scope::stage, always<std::int64_t>(1));
    fields.not_per_layer("depth", stage.depth.scope);
    stage.width = fields.numbers("width", channel_range, Scope::stage, std::nullopt);
    stage.stride = fields.numbers("stride", stride_range, Scope::stage, always<std::int64_t>(1));
    fields.not_per_layer("stride", stage.stride.scope);
    if (fields.has("cell")) {
      fields.known({"name", "depth", "width", "stride", "cell", "reduction_cell"});
      stage.cell = fields.text("cell");
      if (fields.has("reduction_cell")) stage.reduction_cell = fields.text("reduction_cell");
      return stage;
    }
    fields.known({"name", "depth", "width", "stride", "op", "kernel", "expansion", "se", "skip",
                  "branch", "activation", "groups", "cell"});
    stage.op = fields.choices<Block>(
        "op", Scope::layer, always(Block{"inverted_bottleneck"}),
        [&](const LocatedJson& json, const Located& where) { return read_block(json, where); },
        [](const Block& block) { return block.name; });
    stage.kernel =
        fields.odd_numbers("kernel", kernel_range, Scope::layer, always<std::int64_t>(3));
    stage.expansion =
        fields.numbers("expansion", expansion_range, Scope::layer, always<std::int64_t>(1));
    stage.se = fields.numbers("se", squeeze_range, Scope::layer, always(0.0));
    stage.branch = fields.numbers("branch", branch_range, Scope::layer, always(1.0));
    stage.skip = fields.words("skip", skip_words(), Scope::layer, always(Skip::identity));
    stage.activation =
        fields.words("activation", activation_words(), Scope::layer, always(activation_));
    stage.groups = fields.integer("groups", group_range, 1);
    if (const LocatedJson* groups = fields.optional("groups")) stage.groups_line = groups->line;
    return stage;
  }

  static Block read_block(const LocatedJson& json, const Located& where) {
    Block block;
    if (json.kind == LocatedJson::Kind::text) {
      block.op = where.word(json, block_op_words());
      block.name = json.text;
      return block;
    }
    const Fields fields(json, where);
    fields.known({"name", "op", "kernel", "expansion"});
    const LocatedJson& op = fields.required("op");
    block.op = fields.where("op").word(op, block_op_words());
    block.name = op.text;
    if (const LocatedJson* kernel = fields.optional("kernel")) {
      block.kernel = fields.integer("kernel", kernel_range, 3);
      fields.where("kernel").odd(*kernel, *block.kernel);
      block.name += fmt::format("_k{}", *block.kernel);
    }
    if (fields.has("expansion")) {
      block.expansion = fields.integer("expansion", expansion_range, 1);
      block.name += fmt::format("_e{}", *block.expansion);
    }
    if (fields.has("name")) block.name = fields.name("name");
    return block;
  }

  static Cell read_cell(const Fields& fields) {
    fields.known({"name", "inputs", "nodes", "edges", "output"});
    Cell cell;
    cell.line = fields.line();
    cell.name = fields.name("name");
    cell.inputs = names(fields.required("inputs"), fields.where("inputs"));
    cell.nodes = names(fields.required("nodes"), fields.where("nodes"));
    cell.output = names(fields.required("output"), fields.where("output"));
    fields.required("edges");
    fields.each("edges", [&](const LocatedJson& json, const Located& where) {
      const Fields edge(json, where);
      edge.known({"from", "to", "ops"});
      edge.required("ops");
      cell.edges.push_back({edge.text("from"), edge.text("to"),
                            edge.words("ops", edge_op_words(), Scope::stage, always(EdgeOp::skip)),
                            json.line});
    });
    return cell;
  }

  void read_head(const Fields& fields, Head& head) const {
    fields.known({"width", "factor", "least", "mix", "activation"});
    head.activation = fields.word("activation", activation_words(), activation_);
    constexpr Range<std::int64_t> or_none{0, 65536};
    head.width = fields.integer("width", or_none, 0);
    head.factor = fields.integer("factor", or_none, 0);
    head.least = fields.integer("least", or_none, 0);
    head.mix = fields.integer("mix", or_none, 0);
    if (head.width > 0 && head.factor > 0) {
      fields.where("factor").reject(*fields.optional("factor"),
                                    "must not be given beside 'width'; it is a factor on the last "
                                    "stage's width");
    }
  }

  std::string source_;
  OpKind activation_ = OpKind::relu;
};

}  // namespace

SpaceDescription description_from_json(const std::string& text, const std::string& source) {
  SpaceDescription description = Reader(source).read(parse_located(text, source));
  check_description(description);
  return description;
}

}  // namespace nas
