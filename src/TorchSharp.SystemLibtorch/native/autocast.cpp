// libtorch's automatic mixed precision: a state of the calling thread, one for each type of device.
#include "entry.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

using namespace sequence;

namespace {

namespace autocast = at::autocast;

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)

bool enabled(c10::DeviceType device) { return autocast::is_autocast_enabled(device); }
void enable(c10::DeviceType device, bool on) { autocast::set_autocast_enabled(device, on); }
at::ScalarType dtype(c10::DeviceType device) { return autocast::get_autocast_dtype(device); }
void choose(c10::DeviceType device, at::ScalarType chosen) { autocast::set_autocast_dtype(device, chosen); }

#else

bool is_cuda(c10::DeviceType device) {
  TORCH_CHECK(device == c10::DeviceType::CPU || device == c10::DeviceType::CUDA, "autocast is for the CPU and CUDA");
  return device == c10::DeviceType::CUDA;
}

bool enabled(c10::DeviceType device) { return is_cuda(device) ? autocast::is_enabled() : autocast::is_cpu_enabled(); }
void enable(c10::DeviceType device, bool on) { is_cuda(device) ? autocast::set_enabled(on) : autocast::set_cpu_enabled(on); }
at::ScalarType dtype(c10::DeviceType device) { return is_cuda(device) ? autocast::get_autocast_gpu_dtype() : autocast::get_autocast_cpu_dtype(); }
void choose(c10::DeviceType device, at::ScalarType chosen) {
  is_cuda(device) ? autocast::set_autocast_gpu_dtype(chosen) : autocast::set_autocast_cpu_dtype(chosen);
}

#endif

}  // namespace

// The element type that products are computed in, plus one; 0 where autocast is off.
SEQUENCE_ENTRY int32_t sequence_autocast_get(int32_t device) {
  return guarded([&]() -> int32_t {
    const auto type = static_cast<c10::DeviceType>(device);
    return enabled(type) ? static_cast<int32_t>(dtype(type)) + 1 : 0;
  });
}

// element: the type plus one; 0 turns autocast off.
SEQUENCE_ENTRY int32_t sequence_autocast_set(int32_t device, int32_t element) {
  return guarded([&] {
    const auto type = static_cast<c10::DeviceType>(device);
    enable(type, element != 0);
    if (element != 0) choose(type, static_cast<at::ScalarType>(element - 1));
  });
}

SEQUENCE_ENTRY int32_t sequence_autocast_enter() { return guarded([] { autocast::increment_nesting(); }); }

// Weights cast once within a scope are kept until the outermost one ends.
SEQUENCE_ENTRY int32_t sequence_autocast_leave() {
  return guarded([] {
    if (autocast::decrement_nesting() == 0) autocast::clear_cache();
  });
}
