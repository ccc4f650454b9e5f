/// What spaces have in common whose decisions do not depend on each other.
#pragma once

#include <string>
#include <vector>

#include "core/search/search_space.hpp"

namespace nas {

/// Every option of every decision is always open: the size is the product of the numbers of
/// options, and so are the completions.
class ProductSpace : public SearchSpace {
 public:
  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }
  std::optional<BigInteger> size() const override;
  std::optional<BigInteger> completions(const Genotype& prefix,
                                        std::size_t answered) const override;

 protected:
  explicit ProductSpace(std::string name, std::vector<Decision> decisions = {});

  std::vector<Decision> decisions_;  ///< complete when the constructor of the space ends

 private:
  std::string name_;
};

}  // namespace nas
