#include "search_spaces/product_space.hpp"

#include <utility>

#include "core/search/big_integer.hpp"

namespace nas {

ProductSpace::ProductSpace(std::string name, std::vector<Decision> decisions)
    : decisions_(std::move(decisions)), name_(std::move(name)) {}

std::optional<BigInteger> ProductSpace::size() const { return completions({}, 0); }

std::optional<BigInteger> ProductSpace::completions(const Genotype&, std::size_t answered) const {
  BigInteger product{1};
  for (std::size_t i = answered; i < decisions_.size(); ++i) {
    product.value *= decisions_[i].options.size();
  }
  return product;
}

}  // namespace nas
