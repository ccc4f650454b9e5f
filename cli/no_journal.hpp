/// For searches of which nothing is kept.
#pragma once

#include "core/search/search_loop.hpp"

namespace nas::cli {

class NoJournal final : public SearchJournal {
 public:
  void finished(std::span<const Trial>) override {}
  void started(std::int64_t) override {}
  void waiting(std::span<const Running>) override {}
  void noted(const std::string&) override {}
};

}  // namespace nas::cli
