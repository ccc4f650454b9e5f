/// JSON that knows on which line each of its values stands.
#pragma once

#include <string>
#include <vector>

namespace nas {

struct LocatedJson {
  enum class Kind { null, boolean, number, text, array, object };
  Kind kind = Kind::null;
  int line = 0;      ///< on which it begins, from 1
  int key_line = 0;  ///< of the name, where it is a member of an object
  bool truth = false;
  double number = 0;
  struct Member;
  std::string text;                   ///< of a text
  std::vector<LocatedJson> elements;  ///< of an array
  std::vector<Member> members;        ///< of an object, in their order

  /// Null where there is none.
  const LocatedJson* member(const std::string& name) const;
  /// For messages: the value, or "an array", "an object".
  std::string shown() const;
};

struct LocatedJson::Member {
  std::string name;
  LocatedJson value;
};

/// Throws Error(space) as "FILE:LINE: …" on what is not JSON and on a member that is there twice.
LocatedJson parse_located(const std::string& text, const std::string& source);

}  // namespace nas
