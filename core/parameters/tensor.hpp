/// A block of floats on a cache line, which vector kernels want.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace nas {

class Tensor {
 public:
  /// Of every tensor's first element, in bytes.
  static constexpr std::size_t alignment = 64;

  Tensor() = default;
  /// Zeroed. Throws std::bad_alloc.
  explicit Tensor(std::size_t size);
  Tensor(Tensor&& other) noexcept
      : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  Tensor& operator=(Tensor&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  std::size_t size() const { return size_; }
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::span<float> values() { return {data_.get(), size_}; }
  std::span<const float> values() const { return {data_.get(), size_}; }

 private:
  struct Free {
    void operator()(float* data) const;
  };
  std::unique_ptr<float, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace nas
