// CUDA graphs: work queued once, then launched again as a whole. Needs the toolkit's headers when this is compiled.
#include "entry.h"

#include <stdexcept>

#ifdef SEQUENCE_CUDA
#include "cuda_headers.h"

#include <c10/core/DeviceGuard.h>
#endif

using namespace sequence;

namespace {

#ifdef SEQUENCE_CUDA

// A graph, and while it is being captured the thread's stream from before. Captures run on a stream of their own: the default one can't be captured.
struct Graph {
  explicit Graph(c10::DeviceIndex device)
      : before(c10::cuda::getCurrentCUDAStream(device)), side(c10::cuda::getStreamFromPool(false, device)) {}

  at::cuda::CUDAGraph graph;
  c10::cuda::CUDAStream before;
  c10::cuda::CUDAStream side;
};

#else

struct Graph {};

[[noreturn]] void refuse() { throw std::runtime_error("this build has no CUDA graphs: it was compiled without the CUDA toolkit's headers"); }

#endif

}  // namespace

SEQUENCE_ENTRY int32_t sequence_graph_supported() {
#ifdef SEQUENCE_CUDA
  return 1;
#else
  return 0;
#endif
}

// From here to the end of the capture, what this thread queues for the device is written down and not run. Memory that it takes comes from a pool that
// lives as long as the graph, so that tensors made within have the same addresses at every launch.
SEQUENCE_ENTRY int32_t sequence_graph_begin(int32_t device, Graph** graph) {
  return guarded([&] {
#ifdef SEQUENCE_CUDA
    c10::DeviceGuard there(c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device)));
    auto created = std::make_unique<Graph>(static_cast<c10::DeviceIndex>(device));
    // what the captured work reads has to be there, and nothing pending may touch the device in the midst of the capture
    created->before.unwrap().synchronize();
    created->side.unwrap().synchronize();
    c10::cuda::setCurrentCUDAStream(created->side);
    try {
      created->graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    } catch (...) {
      c10::cuda::setCurrentCUDAStream(created->before);
      throw;
    }
    *graph = created.release();
#else
    refuse();
#endif
  });
}

SEQUENCE_ENTRY int32_t sequence_graph_end(Graph* graph) {
  return guarded([&] {
#ifdef SEQUENCE_CUDA
    c10::DeviceGuard there(graph->side.device());
    try {
      graph->graph.capture_end();
    } catch (...) {
      c10::cuda::setCurrentCUDAStream(graph->before);
      throw;
    }
    c10::cuda::setCurrentCUDAStream(graph->before);
#else
    refuse();
#endif
  });
}

// Queues the whole graph on this thread's current stream.
SEQUENCE_ENTRY int32_t sequence_graph_replay(Graph* graph) {
  return guarded([&] {
#ifdef SEQUENCE_CUDA
    graph->graph.replay();
#else
    refuse();
#endif
  });
}

SEQUENCE_ENTRY int32_t sequence_graph_release(Graph* graph) {
  return guarded([&] { delete graph; });
}
