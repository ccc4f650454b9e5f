#include "results/graph_svg.hpp"

#include <gvc.h>
#include <memory>

#include "core/base/error.hpp"

namespace nas {
namespace {

std::string& complaints() {
  static std::string text;
  return text;
}

/// In place of Graphviz's own, which would write to stderr.
int collect(char* text) {
  complaints() += text;
  return 0;
}

/// One for all drawings, and never freed: the plugin that measures text remembers a font of the
/// context that it has seen last, and would read it after its end.
GVC_t* context() {
  static GVC_t* const one = gvContext();
  return one;
}

struct CloseGraph {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};

/// A graph that has been laid out.
class Layout {
 public:
  explicit Layout(Agraph_t* graph) : graph_(graph), done_(gvLayout(context(), graph, "dot") == 0) {}
  ~Layout() {
    if (done_) gvFreeLayout(context(), graph_);
  }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  std::string svg() const {
    char* data = nullptr;
    unsigned length = 0;
    if (!done_ || gvRenderData(context(), graph_, "svg", &data, &length) != 0) return {};
    std::string result(data, length);
    gvFreeRenderData(data);
    return result;
  }

 private:
  Agraph_t* graph_;
  bool done_;
};

}  // namespace

std::string graph_svg(const std::string& dot) {
  complaints().clear();
  agseterrf(collect);
  const std::unique_ptr<Agraph_t, CloseGraph> graph(agmemread(dot.c_str()));
  std::string svg = graph ? Layout(graph.get()).svg() : std::string();
  const std::size_t begin = svg.find("<svg");
  if (begin == std::string::npos) {
    throw Error(ErrorKind::internal, "Graphviz cannot draw a graph: " + complaints());
  }
  return svg.substr(begin);
}

}  // namespace nas
