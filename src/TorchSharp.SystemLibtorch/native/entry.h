// What every entry point shares: nothing that C++ throws may cross into managed code, so each body runs inside guarded().
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <utility>

#define SEQUENCE_ENTRY extern "C" __attribute__((visibility("default")))

namespace sequence {

constexpr int32_t kFailed = -1;   // the text of this thread's last error says why
constexpr int32_t kManaged = -2;  // a callback threw; the handle of its exception is kept for the caller

// Frees a handle that managed code gave away.
using ReleaseHandle = void (*)(void* handle);

// Carries an exception thrown by a managed callback through libtorch's C++ frames, as the very object that was thrown.
struct ManagedError final : std::exception {
  ManagedError(void* exception, ReleaseHandle release) : exception(exception, release) {}
  const char* what() const noexcept override { return "a managed callback threw an exception"; }
  std::shared_ptr<void> exception;
};

// Records the exception now in flight for the calling thread and returns its status.
int32_t record_failure() noexcept;

template <class Body>
int32_t guarded(Body&& body) noexcept {
  try {
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
      return 0;
    } else {
      return static_cast<int32_t>(body());
    }
  } catch (...) {
    return record_failure();
  }
}

}  // namespace sequence
