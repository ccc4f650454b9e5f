/// Tasks that networks are tested with.
#pragma once

#include "core/architecture/architecture.hpp"

namespace nas {

inline const Task cifar10{.input = {3, 32, 32}, .classes = 10};

}  // namespace nas
