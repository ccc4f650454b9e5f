#include "search_spaces/md5.hpp"

#include <array>
#include <cstdint>
#include <md5.h>

namespace nas {

std::string md5(std::string_view bytes) {
  std::array<char, MD5_DIGEST_STRING_LENGTH> digits{};
  MD5Data(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), digits.data());
  return digits.data();
}

}  // namespace nas
