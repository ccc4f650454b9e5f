/// Tasks that spaces are tested with.
#pragma once

#include "core/architecture/architecture.hpp"

namespace nas {

inline const Task fashion_task{{1, 28, 28}, 10};
inline const Task cifar_task{{3, 32, 32}, 10};
inline const Task imagenet_task{{3, 224, 224}, 1000};

}  // namespace nas
