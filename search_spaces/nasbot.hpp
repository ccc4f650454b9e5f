/// Free-form networks, changed by modifiers (Kandasamy et al. 2018, "Neural Architecture Search
/// with Bayesian Optimisation and Optimal Transport": NASBOT).
///
/// There are no decisions: a genotype is a graph (nasbot_graph.hpp) as whole numbers, in
/// topological order:
///
///     [layers, then for each layer: label, units, stride, number of parents, parents …]
///
/// | number | label | units | stride |
/// |---|---|---|---|
/// | 0, 1 | input, output | 0 | 0 |
/// | 2 | softmax: a decision layer, the only one that may feed the output | 0 | 0 |
/// | 3 | fc: fully connected | 8 … 1024 | 0 |
/// | 4 to 6 | conv3, conv5, conv7 | 8 … 1024 | 1, 2 |
/// | 7 to 9 | res3, res5, res7: residual layers | 8 … 1024 | 1, 2 |
/// | 10, 11 | max-pool, avg-pool: 2x2, halve the image | 0 | 0 |
/// | 12 to 17 | relu, leaky-relu, softplus, elu, logistic, tanh: layers of a perceptron | 8 … 1024
/// | 0 |
///
/// Perceptrons (`kind` mlp) consist of the last row and decision layers, CNNs of the others; the
/// authors' crelu, conv9 and res9 are left out. Limits are those of the authors' constraint
/// checker, options by name; images that meet have one size, and the input of a CNN feeds
/// convolutions only.
///
/// `sample` starts from one of ten networks by hand (nasbot_network.hpp) and modifies it once to
/// five times with probabilities 0.5, 0.25, 0.125, 0.075, 0.05; no distribution is known, and
/// `sample_uniform` is the same. `mutate_one` applies one modifier (nasbot_modifiers.hpp), drawn by
/// the authors' weights until the result is another valid network; `mutate_each` as many as there
/// are successes with the given probability among the layers. The paper has no crossover: here it
/// is one modification of either parent. `neighbours` are what one modifier gives, dup_path left
/// out. `distance` counts layers (label, units, stride) and edges (labels of both ends) that one
/// network has and the other has not. The size is unknown, and `enumerate` throws Error(space).
///
/// Two graphs that differ in the order of their layers alone have one canonical form, of which
/// `build` makes the network.
///
/// The presets differ in the pool alone: `published` has the authors' 64 to 1024 units, `small` an
/// eighth of them.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

/// Fits any image: halving rounds up. Its `make` throws Error(config) where a network of the pool
/// breaks the limits.
SpaceEntry nasbot_space();

}  // namespace nas
