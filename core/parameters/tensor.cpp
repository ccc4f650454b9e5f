#include "core/parameters/tensor.hpp"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <sys/mman.h>

namespace nas {
namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;

/// Faulting in an arena page by page takes longer than a training step that uses it.
void use_huge_pages([[maybe_unused]] void* data, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_HUGEPAGE
  ::madvise(data, bytes, MADV_HUGEPAGE);  // a hint: failure changes nothing but speed
#endif
}

}  // namespace

Tensor::Tensor(std::size_t size) {
  if (size == 0) return;
  if (size > std::numeric_limits<std::size_t>::max() / sizeof(float)) throw std::bad_alloc();
  const std::size_t bytes = size * sizeof(float);
  const bool large = bytes >= huge_page_bytes;
  void* data = nullptr;
  if (::posix_memalign(&data, large ? huge_page_bytes : alignment, bytes) != 0) {
    throw std::bad_alloc();
  }
  if (large) use_huge_pages(data, bytes);
  std::memset(data, 0, bytes);
  data_.reset(static_cast<float*>(data));
  size_ = size;
}

void Tensor::Free::operator()(float* data) const { std::free(data); }

}  // namespace nas
