// CUDA devices: what needs no toolkit headers works with every build. Memory statistics need them (SEQUENCE_CUDA) before libtorch 2.10, which tells
// them of any device.
#include "entry.h"

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/version.h>

#ifdef SEQUENCE_CUDA
#include "cuda_headers.h"
#define SEQUENCE_CUDA_MEMORY
#elif TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 10)
#include <c10/core/CachingDeviceAllocator.h>
#define SEQUENCE_CUDA_MEMORY
#endif

using namespace sequence;

namespace {

// the name that all releases so far have, and the one that replaces it
template <class Hooks>
auto device_count(const Hooks& hooks, int) -> decltype(static_cast<int32_t>(hooks.getNumGPUs())) {
  return static_cast<int32_t>(hooks.getNumGPUs());
}

template <class Hooks>
int32_t device_count(const Hooks& hooks, long) {
  return static_cast<int32_t>(hooks.deviceCount());
}

#ifdef SEQUENCE_CUDA
namespace memory = c10::cuda::CUDACachingAllocator;
#elif defined(SEQUENCE_CUDA_MEMORY)
namespace memory {
auto* allocator() { return c10::getDeviceAllocator(c10::DeviceType::CUDA); }
auto getDeviceStats(c10::DeviceIndex device) { return allocator()->getDeviceStats(device); }
void resetPeakStats(c10::DeviceIndex device) { allocator()->resetPeakStats(device); }
void emptyCache() { allocator()->emptyCache(); }
}  // namespace memory
#endif

}  // namespace

SEQUENCE_ENTRY int32_t sequence_cuda_device_count() {
  return guarded([] { return at::globalContext().hasCUDA() ? device_count(at::detail::getCUDAHooks(), 0) : 0; });
}

SEQUENCE_ENTRY int32_t sequence_cuda_has_cudnn() {
  return guarded([] { return at::detail::getCUDAHooks().hasCuDNN(); });
}

// Waits for all work on a device; -1 is the current one.
SEQUENCE_ENTRY int32_t sequence_cuda_synchronize(int32_t device) {
  return guarded([&] {
    const auto& hooks = at::detail::getCUDAHooks();
#ifdef SEQUENCE_CUDA
    hooks.deviceSynchronize(device < 0 ? c10::cuda::current_device() : static_cast<c10::DeviceIndex>(device));
#else
    hooks.deviceSynchronize(device < 0 ? 0 : static_cast<c10::DeviceIndex>(device));
#endif
  });
}

// statistics: allocated, reserved, peak allocated, peak reserved, in bytes. Returns 1 where this build has them, else 0.
SEQUENCE_ENTRY int32_t sequence_cuda_memory(int32_t device, int64_t* statistics) {
  return guarded([&]() -> int32_t {
#ifdef SEQUENCE_CUDA_MEMORY
    const auto stats = memory::getDeviceStats(static_cast<c10::DeviceIndex>(device));
    statistics[0] = stats.allocated_bytes[0].current;
    statistics[1] = stats.reserved_bytes[0].current;
    statistics[2] = stats.allocated_bytes[0].peak;
    statistics[3] = stats.reserved_bytes[0].peak;
    return 1;
#else
    return 0;
#endif
  });
}

SEQUENCE_ENTRY int32_t sequence_cuda_reset_peak(int32_t device) {
  return guarded([&]() -> int32_t {
#ifdef SEQUENCE_CUDA_MEMORY
    memory::resetPeakStats(static_cast<c10::DeviceIndex>(device));
    return 1;
#else
    return 0;
#endif
  });
}

SEQUENCE_ENTRY int32_t sequence_cuda_empty_cache() {
  return guarded([]() -> int32_t {
#ifdef SEQUENCE_CUDA_MEMORY
    memory::emptyCache();
    return 1;
#else
    return 0;
#endif
  });
}

SEQUENCE_ENTRY int32_t sequence_cuda_tf32_get() { return guarded([] { return at::globalContext().allowTF32CuBLAS(); }); }

SEQUENCE_ENTRY int32_t sequence_cuda_tf32_set(int32_t allowed) {
  return guarded([&] { at::globalContext().setAllowTF32CuBLAS(allowed != 0); });
}

SEQUENCE_ENTRY int32_t sequence_cudnn_tf32_get() { return guarded([] { return at::globalContext().allowTF32CuDNN(); }); }

SEQUENCE_ENTRY int32_t sequence_cudnn_tf32_set(int32_t allowed) {
  return guarded([&] { at::globalContext().setAllowTF32CuDNN(allowed != 0); });
}
