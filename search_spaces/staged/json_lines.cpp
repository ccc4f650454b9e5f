#include "search_spaces/staged/json_lines.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

namespace nas {
namespace {

/// Arrays and objects inside of each other; descriptions have six.
constexpr std::size_t deepest = 32;

/// The line of the last character but one that the parser has taken. Numbers end with the character
/// behind them, all others with one that is no line break: either way it is the line of the token.
struct LineCount {
  int before_last = 1;
  int through_last = 1;
};

class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, LineCount* lines) : at_(at), lines_(lines) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    lines_->before_last = lines_->through_last;
    if (*at_ == '\n') ++lines_->through_last;
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  LineCount* lines_;
};

/// What follows the place in the parser's own message.
std::string reason(const std::string& what) {
  const std::size_t column = what.find("column ");
  const std::size_t colon = what.find(": ", column == std::string::npos ? 0 : column);
  return colon == std::string::npos ? what : what.substr(colon + 2);
}

/// Builds the tree as the parser goes.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(const LineCount& lines, const std::string& source) : lines_(lines), source_(source) {}

  LocatedJson take() { return std::move(root_); }

  bool null() override { return add(value(LocatedJson::Kind::null)); }
  bool boolean(bool truth) override {
    LocatedJson json = value(LocatedJson::Kind::boolean);
    json.truth = truth;
    return add(std::move(json));
  }
  bool number_integer(number_integer_t number) override {
    return add_number(static_cast<double>(number));
  }
  bool number_unsigned(number_unsigned_t number) override {
    return add_number(static_cast<double>(number));
  }
  bool number_float(number_float_t number, const string_t&) override { return add_number(number); }
  bool string(string_t& text) override {
    LocatedJson json = value(LocatedJson::Kind::text);
    json.text = text;
    return add(std::move(json));
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(LocatedJson::Kind::object); }
  bool key(string_t& name) override {
    if (open_.back().member(name) != nullptr) {
      throw Error(ErrorKind::space,
                  fmt::format("{}:{}: '{}' is there twice; a name may occur once in an object",
                              source_, lines_.before_last, name));
    }
    keys_.emplace_back(name, lines_.before_last);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(LocatedJson::Kind::array); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    throw Error(ErrorKind::space, fmt::format("{}:{}: this is not JSON: {}", source_,
                                              lines_.before_last, reason(error.what())));
  }

 private:
  LocatedJson value(LocatedJson::Kind kind) const {
    LocatedJson json;
    json.kind = kind;
    json.line = lines_.before_last;
    return json;
  }
  bool add_number(double number) {
    LocatedJson json = value(LocatedJson::Kind::number);
    json.number = number;
    return add(std::move(json));
  }
  bool open(LocatedJson::Kind kind) {
    if (open_.size() == deepest) {
      throw Error(ErrorKind::space, fmt::format("{}:{}: more than {} arrays and objects inside of "
                                                "each other",
                                                source_, lines_.before_last, deepest));
    }
    open_.push_back(value(kind));
    return true;
  }
  bool close() {
    LocatedJson json = std::move(open_.back());
    open_.pop_back();
    return add(std::move(json));
  }
  bool add(LocatedJson json) {
    if (open_.empty()) {
      root_ = std::move(json);
    } else if (open_.back().kind == LocatedJson::Kind::array) {
      open_.back().elements.push_back(std::move(json));
    } else {
      json.key_line = keys_.back().second;
      open_.back().members.push_back({std::move(keys_.back().first), std::move(json)});
      keys_.pop_back();
    }
    return true;
  }

  const LineCount& lines_;
  const std::string& source_;
  std::vector<LocatedJson> open_;
  std::vector<std::pair<std::string, int>> keys_;
  LocatedJson root_;
};

}  // namespace

const LocatedJson* LocatedJson::member(const std::string& name) const {
  const auto found = std::ranges::find(members, name, &Member::name);
  return found == members.end() ? nullptr : &found->value;
}

std::string LocatedJson::shown() const {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return truth ? "true" : "false";
    case Kind::number:
      return fmt::format("{}", number);
    case Kind::text:
      return text;
    case Kind::array:
      return "an array";
    case Kind::object:
      break;
  }
  return "an object";
}

LocatedJson parse_located(const std::string& text, const std::string& source) {
  LineCount lines;
  TreeBuilder tree(lines, source);
  nlohmann::json::sax_parse(CountingIterator(text.data(), &lines),
                            CountingIterator(text.data() + text.size(), &lines), &tree);
  return tree.take();
}

}  // namespace nas
