#include "core/data/sample_notes.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

namespace nas {
namespace {

std::vector<float> noted_values(const SampleNotes& notes, const std::string& name) {
  const auto note = notes.find(name);
  if (note == notes.end()) return {};
  try {
    return nlohmann::json::parse(note->second).get<std::vector<float>>();
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::data,
                fmt::format("the note '{}' of the weights is '{}'; expected an array of numbers",
                            name, note->second));
  }
}

}  // namespace

SampleNotes notes_of(const Samples& samples) {
  SampleNotes notes = {{"data", samples.dataset->name},
                       {"data_hash", samples.dataset->hash.text()},
                       {"mean", nlohmann::json(samples.normalisation.mean).dump()},
                       {"deviation", nlohmann::json(samples.normalisation.deviation).dump()}};
  if (!samples.dataset->class_names.empty()) {
    notes["class_names"] = nlohmann::json(samples.dataset->class_names).dump();
  }
  return notes;
}

std::optional<Normalisation> noted_normalisation(const SampleNotes& notes) {
  Normalisation result{noted_values(notes, "mean"), noted_values(notes, "deviation")};
  if (result.mean.size() != result.deviation.size()) {
    throw Error(ErrorKind::data, fmt::format("the notes of the weights have {} means and {} "
                                             "deviations, and one of each by channel is expected",
                                             result.mean.size(), result.deviation.size()));
  }
  if (result.mean.empty()) return std::nullopt;
  return result;
}

}  // namespace nas
