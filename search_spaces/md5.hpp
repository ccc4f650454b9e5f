/// MD5 (Rivest 1992, RFC 1321): for the keys of published tables, not for security.
#pragma once

#include <string>
#include <string_view>

namespace nas {

/// 32 lower-case hexadecimal digits.
std::string md5(std::string_view bytes);

}  // namespace nas
