// Work on torch's own threads.
#pragma once
#include <cstdint>
#include <functional>

namespace ft {

/// Calls `body` with 0 ..< count, on as many threads as torch's operations use.
void in_parallel(int64_t count, const std::function<void(int64_t)> &body);

} // namespace ft
