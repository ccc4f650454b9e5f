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

struct FreeContext {
  void operator()(GVC_t* context) const { gvFreeContext(context); }
};
struct CloseGraph {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};

/// A graph that has been laid out in a context.
class Layout {
 public:
  Layout(GVC_t* context, Agraph_t* graph) : context_(context), graph_(graph) {
    done_ = gvLayout(context_, graph_, "dot") == 0;
  }
  ~Layout() {
    if (done_) gvFreeLayout(context_, graph_);
  }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  std::string svg() const {
    char* data = nullptr;
    unsigned length = 0;
    if (!done_ || gvRenderData(context_, graph_, "svg", &data, &length) != 0) return {};
    std::string result(data, length);
    gvFreeRenderData(data);
    return result;
  }

 private:
  GVC_t* context_;
  Agraph_t* graph_;
  bool done_ = false;
};

}  // namespace

std::string graph_svg(const std::string& dot) {
  complaints().clear();
  agseterrf(collect);
  const std::unique_ptr<GVC_t, FreeContext> context(gvContext());
  const std::unique_ptr<Agraph_t, CloseGraph> graph(agmemread(dot.c_str()));
  std::string svg = graph ? Layout(context.get(), graph.get()).svg() : std::string();
  const std::size_t begin = svg.find("<svg");
  if (begin == std::string::npos) {
    throw Error(ErrorKind::internal, "Graphviz cannot draw a graph: " + complaints());
  }
  return svg.substr(begin);
}

}  // namespace nas
