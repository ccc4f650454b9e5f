#include "results/report/report_page.hpp"

#include <map>
#include <string_view>

#include <fmt/format.h>

#include "results/markup_text.hpp"
#include "results/report/page_parts.hpp"
#include "results/report/report_json.hpp"

namespace nas {
namespace {

/// Within a script element only "</script" and "<!--" could end or change it.
std::string script_json(const nlohmann::json& data) {
  const std::string text =
      data.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace);
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {
      result += "\\u003c";
    } else {
      result += c;
    }
  }
  return result;
}

/// Without ids: those of several pictures would be the same.
std::string without_ids(const std::string& svg) {
  std::string result;
  std::size_t from = 0;
  for (;;) {
    constexpr std::string_view begin = " id=\"";
    const std::size_t id = svg.find(begin, from);
    if (id == std::string::npos) return result + svg.substr(from);
    result += svg.substr(from, id - from);
    from = svg.find('"', id + begin.size()) + 1;
  }
}

std::string drawings_html(const Report& report) {
  std::string html;
  for (const ReportDrawing& drawing : report.drawings) {
    html += fmt::format(
        "<details class=\"drawing\"{}><summary>{}</summary>"
        "<div class=\"picture\" role=\"img\" aria-label=\"{}\" tabindex=\"0\">{}</div></details>\n",
        &drawing == &report.drawings.front() ? " open" : "", markup_text(drawing.title),
        markup_text("Graph of " + drawing.title), without_ids(drawing.svg));
  }
  return html;
}

std::string title_of(const Report& report) {
  if (report.groups.empty()) return "nas report";
  std::string title = "nas report: ";
  for (std::size_t i = 0; i < report.groups.size() && i < 4; ++i) {
    title += (i == 0 ? "" : ", ") + report.groups[i].label;
  }
  return title + (report.groups.size() > 4 ? ", …" : "");
}

/// `text` with every "{{name}}" replaced by the part of that name. Parts are not looked into.
std::string filled(std::string_view text,
                   const std::map<std::string_view, std::string_view>& parts) {
  std::string result;
  for (;;) {
    const std::size_t begin = text.find("{{");
    if (begin == std::string_view::npos) return result.append(text);
    const std::size_t end = text.find("}}", begin);
    result.append(text.substr(0, begin));
    result.append(parts.at(text.substr(begin + 2, end - begin - 2)));
    text.remove_prefix(end + 2);
  }
}

}  // namespace

std::string report_page(const Report& report) {
  const std::string title = markup_text(title_of(report));
  const std::string data = script_json(report_json(report));
  const std::string drawings = drawings_html(report);
  return filled(page_parts::document, {{"title", title},
                                       {"style", page_parts::style},
                                       {"chart_library", page_parts::chart_library},
                                       {"script", page_parts::script},
                                       {"data", data},
                                       {"drawings", drawings}});
}

}  // namespace nas
