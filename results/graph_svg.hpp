/// Pictures of graphs, laid out by Graphviz.
#pragma once

#include <string>

namespace nas {

/// A drawing of a graph in DOT, its ranks from top to bottom: one SVG element, without a prologue,
/// that can stand in a page. Throws Error(internal) where Graphviz cannot read or lay it out. One
/// call at a time: Graphviz has global state.
std::string graph_svg(const std::string& dot);

}  // namespace nas
