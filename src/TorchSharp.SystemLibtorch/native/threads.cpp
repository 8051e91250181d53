// libtorch's own thread pool: its size, and a loop that shares it.
#include "entry.h"

#include <ATen/Parallel.h>

using namespace sequence;

SEQUENCE_ENTRY int32_t sequence_threads_get() { return guarded([] { return at::get_num_threads(); }); }

SEQUENCE_ENTRY int32_t sequence_threads_set(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

SEQUENCE_ENTRY int32_t sequence_interop_threads_get() { return guarded([] { return at::get_num_interop_threads(); }); }

SEQUENCE_ENTRY int32_t sequence_interop_threads_set(int32_t count) {
  return guarded([&] { at::set_num_interop_threads(count); });
}

// Splits [begin, end) into ranges of at least grain and calls body on them from libtorch's threads and the calling one.
// The body returns null, or a handle of the exception that it threw.
SEQUENCE_ENTRY int32_t sequence_parallel_for(
    int64_t begin, int64_t end, int64_t grain, void* (*body)(void* context, int64_t begin, int64_t end), ReleaseHandle release, void* context) {
  return guarded([&] {
    at::parallel_for(begin, end, grain, [&](int64_t from, int64_t to) {
      if (void* exception = body(context, from, to)) throw ManagedError(exception, release);
    });
  });
}
