#include "results/graph_svg.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/architecture_json.hpp"
#include "core/architecture/blocks.hpp"
#include "tests/base/rejection.hpp"

namespace nas {
namespace {

TEST_CASE("the picture of an architecture is one SVG element with every node's name") {
  Architecture net;
  const NodeId image = net.add(input_op({1, 8, 8}), {}, "image <&> \"1\"");
  const NodeId x = add_convolution_block(net, image, "stem", {.out_channels = 4}, {});
  add_classifier(net, x, 10);
  const std::string svg = graph_svg(to_dot(net));
  CHECK_THAT(svg, Catch::StartsWith("<svg") && Catch::EndsWith("</svg>\n"));
  CHECK_THAT(svg, Catch::Contains("image &lt;&amp;&gt; &quot;1&quot;") && Catch::Contains("stem") &&
                      Catch::Contains("classifier"));
  CHECK(graph_svg(to_dot(net)) == svg);
}

TEST_CASE("what is no graph is refused with Graphviz' reason") {
  CHECK_THAT(rejection(ErrorKind::internal, [] { graph_svg("digraph { a -> "); }),
             Catch::Contains("Graphviz cannot draw a graph") && Catch::Contains("syntax error"));
  CHECK_NOTHROW(graph_svg("digraph { a -> b }"));
}

}  // namespace
}  // namespace nas
