/// oneDNN runs in the calling thread alone.
#pragma once

#include <omp.h>

namespace nas::engine {

/// Holds OpenMP at one thread in the calling thread for as long as it lives. Free where an executor
/// has done so already.
class SingleThread {
 public:
  SingleThread() : before_(omp_get_max_threads()) {
    if (before_ != 1) omp_set_num_threads(1);
  }
  ~SingleThread() {
    if (before_ != 1) omp_set_num_threads(before_);
  }
  SingleThread(const SingleThread&) = delete;
  SingleThread& operator=(const SingleThread&) = delete;

 private:
  int before_;
};

}  // namespace nas::engine
