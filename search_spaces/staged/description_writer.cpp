#include <nlohmann/json.hpp>

#include "search_spaces/staged/description_json.hpp"
#include "search_spaces/staged/words.hpp"

namespace nas {
namespace {

using Json = nlohmann::ordered_json;

template <typename T, typename Write>
Json choice_json(const Choice<T>& choice, Scope usual, Write write) {
  if (choice.scope == Scope::fixed) return write(choice.values.front());
  Json values = Json::array();
  for (const T& value : choice.values) values.push_back(write(value));
  if (choice.scope == usual) return values;
  return {{"per", choice.scope == Scope::stage ? "stage" : "layer"}, {"of", values}};
}

template <typename T>
Json numbers_json(const Choice<T>& choice, Scope usual) {
  return choice_json(choice, usual, [](T value) { return Json(value); });
}

Json word_json(OpKind kind) { return op_row(kind).name; }

Json block_json(const Block& block) {
  Json json = {{"name", block.name}, {"op", word(block.op)}};
  if (block.kernel) json["kernel"] = *block.kernel;
  if (block.expansion) json["expansion"] = *block.expansion;
  return json;
}

Json stage_json(const Stage& stage) {
  Json json = {{"name", stage.name}};
  json["depth"] = numbers_json(stage.depth, Scope::stage);
  json["width"] = numbers_json(stage.width, Scope::stage);
  json["stride"] = numbers_json(stage.stride, Scope::stage);
  if (!stage.cell.empty()) {
    json["cell"] = stage.cell;
    if (!stage.reduction_cell.empty()) json["reduction_cell"] = stage.reduction_cell;
    return json;
  }
  json["op"] = choice_json(stage.op, Scope::layer, block_json);
  json["kernel"] = numbers_json(stage.kernel, Scope::layer);
  json["expansion"] = numbers_json(stage.expansion, Scope::layer);
  json["se"] = numbers_json(stage.se, Scope::layer);
  json["skip"] = choice_json(stage.skip, Scope::layer, [](Skip skip) { return Json(word(skip)); });
  json["branch"] = numbers_json(stage.branch, Scope::layer);
  json["activation"] = choice_json(stage.activation, Scope::layer, word_json);
  json["groups"] = stage.groups;
  return json;
}

Json cell_json(const Cell& cell) {
  Json json = {{"name", cell.name}, {"inputs", cell.inputs}, {"nodes", cell.nodes}};
  json["edges"] = Json::array();
  for (const CellEdge& edge : cell.edges) {
    json["edges"].push_back(
        {{"from", edge.from},
         {"to", edge.to},
         {"ops", choice_json(edge.ops, Scope::stage, [](EdgeOp op) { return Json(word(op)); })}});
  }
  json["output"] = cell.output;
  return json;
}

}  // namespace

std::string description_to_json(const SpaceDescription& space) {
  Json json = {{"schema", "nas.space"}, {"version", 1}, {"name", space.name}};
  if (!space.description.empty()) json["description"] = space.description;
  json["weights"] = word(space.weights);
  if (!space.resolution.values.empty()) {
    json["resolution"] = numbers_json(space.resolution, Scope::stage);
  }
  json["affine"] = space.affine;
  json["squeeze"] = {{"of", space.squeeze.of_expanded ? "expanded" : "input"},
                     {"divisor", space.squeeze.divisor},
                     {"gate", word_json(space.squeeze.gate)}};
  json["stem"] = {{"width", numbers_json(space.stem.width, Scope::stage)},
                  {"kernel", space.stem.kernel},
                  {"stride", space.stem.stride},
                  {"activation", word_json(space.stem.activation)}};
  json["stages"] = Json::array();
  for (const Stage& stage : space.stages) json["stages"].push_back(stage_json(stage));
  if (!space.cells.empty()) {
    json["cells"] = Json::array();
    for (const Cell& cell : space.cells) json["cells"].push_back(cell_json(cell));
  }
  json["head"] = {{"width", space.head.width},
                  {"factor", space.head.factor},
                  {"least", space.head.least},
                  {"mix", space.head.mix},
                  {"activation", word_json(space.head.activation)}};
  json["classifier"] = {{"bias", space.head.bias}, {"dropout", space.head.dropout}};
  constexpr int indent = 2;
  return json.dump(indent) + "\n";
}

}  // namespace nas
