#include "search_spaces/md5.hpp"

#include <catch2/catch.hpp>

using namespace nas;

TEST_CASE("MD5 gives the digests of RFC 1321") {
  CHECK(md5("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(md5("abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(md5("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(md5("1234567890123456789012345678901234567890123456789012345678901234567890"
            "1234567890") == "57edf4a22be3c955ac49da2e2107b67a");
}
