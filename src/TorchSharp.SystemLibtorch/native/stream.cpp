// Streams and events of CUDA devices, by libtorch's own interface to any device: no toolkit headers are needed. A stream is its identifier and its device.
#include "entry.h"

#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#ifdef SEQUENCE_CUDA
#include "cuda_headers.h"
#endif

using namespace sequence;

// libtorch's answer in plain C, where this libtorch has it (2.6 has): null elsewhere.
extern "C" __attribute__((weak)) int32_t aoti_torch_get_current_cuda_stream(int32_t device, void** stream);

namespace {

c10::impl::VirtualGuardImpl guard() { return c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA); }

c10::Device device_of(int32_t index) { return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index)); }

c10::Stream stream_of(int32_t device, int64_t id) { return c10::Stream(c10::Stream::UNSAFE, device_of(device), id); }

// before libtorch 2.4 an event could only be asked whether it is over
template <class Event>
auto synchronize(const Event& event, int) -> decltype(event.synchronize()) {
  event.synchronize();
}

template <class Event>
void synchronize(const Event&, long) {
  TORCH_CHECK(false, "this libtorch waits for no events: synchronise the stream or the device");
}

template <class Event>
auto elapsed(const Event& from, const Event& to, int) -> decltype(from.elapsedTime(to)) {
  return from.elapsedTime(to);
}

template <class Event>
double elapsed(const Event&, const Event&, long) {
  TORCH_CHECK(false, "this libtorch measures no time between events");
}

}  // namespace

SEQUENCE_ENTRY int32_t sequence_cuda_device_current() { return guarded([] { return guard().getDevice().index(); }); }

// The stream on which this thread queues work for a device.
SEQUENCE_ENTRY int32_t sequence_stream_current(int32_t device, int64_t* id) {
  return guarded([&] { *id = guard().getStream(device_of(device)).id(); });
}

// One of libtorch's pool of side streams, which are handed out in turn.
SEQUENCE_ENTRY int32_t sequence_stream_from_pool(int32_t device, int64_t* id) {
  return guarded([&] { *id = guard().getStreamFromGlobalPool(device_of(device), false).id(); });
}

// Makes a stream this thread's current one of its device; before: the one that was.
SEQUENCE_ENTRY int32_t sequence_stream_exchange(int32_t device, int64_t id, int64_t* before) {
  return guarded([&] { *before = guard().exchangeStream(stream_of(device, id)).id(); });
}

SEQUENCE_ENTRY int32_t sequence_stream_synchronize(int32_t device, int64_t id) {
  return guarded([&] { stream_of(device, id).synchronize(); });
}

// The driver's handle of the current stream. Returns 1 where this build can say, else 0. Without the headers, and in a libtorch without the plain C
// function, only the default stream is known: its identifier is 0, and so is its handle.
SEQUENCE_ENTRY int32_t sequence_stream_handle(int32_t device, void** handle) {
  return guarded([&]() -> int32_t {
#ifdef SEQUENCE_CUDA
    *handle = c10::cuda::getCurrentCUDAStream(static_cast<c10::DeviceIndex>(device)).stream();
    return 1;
#else
    if (aoti_torch_get_current_cuda_stream != nullptr) return aoti_torch_get_current_cuda_stream(device, handle) == 0;
    *handle = nullptr;
    return guard().getStream(device_of(device)).id() == 0;
#endif
  });
}

// An event with times; made on its device when it is first recorded.
SEQUENCE_ENTRY int32_t sequence_event_new(c10::Event** event) {
  return guarded([&] { *event = new c10::Event(c10::DeviceType::CUDA, c10::EventFlag::BACKEND_DEFAULT); });
}

SEQUENCE_ENTRY void sequence_event_release(c10::Event* event) { delete event; }

SEQUENCE_ENTRY int32_t sequence_event_record(c10::Event* event, int32_t device, int64_t stream) {
  return guarded([&] { event->record(stream_of(device, stream)); });
}

// Work queued on the stream from now on begins after what was queued before the event.
SEQUENCE_ENTRY int32_t sequence_event_block(const c10::Event* event, int32_t device, int64_t stream) {
  return guarded([&] { event->block(stream_of(device, stream)); });
}

SEQUENCE_ENTRY int32_t sequence_event_synchronize(const c10::Event* event) {
  return guarded([&] { synchronize(*event, 0); });
}

// Milliseconds on the device between two events that are over.
SEQUENCE_ENTRY int32_t sequence_event_elapsed(const c10::Event* from, const c10::Event* to, double* milliseconds) {
  return guarded([&] { *milliseconds = elapsed(*from, *to, 0); });
}
