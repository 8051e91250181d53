// CUDA C++ on a CPU, for tests: what a kernel sees of its device. Put in front of a kernel's source, it makes of it a C++ file whose kernels run as they are written:
// blocks on threads of the system, several at a time; the threads of a block as fibers of one of them, in an order that the seed shuffles at every turn, so that
// a barrier that is missing shows. Nothing here is fast, and nothing is promised of a GPU's own arithmetic: exp2f is the C library's.
#pragma once

#include <atomic>
#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <ucontext.h>
#include <vector>
#include <sched.h>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __restrict__ __restrict
// a block runs on one thread of the system
#define __shared__ static thread_local
#define __align__(n) alignas(n)
#define SEQUENCE_EMULATED 1

struct dim3 {
  unsigned x, y, z;
};

namespace emulated {

constexpr int warp_size = 32;
constexpr size_t stack_bytes = 128 * 1024;
// one warp of one thread is the most that is kept of a value
constexpr size_t slot_bytes = 16;

struct Block;

// What a fiber waits for.
enum class Wait { nothing, block, warp, time };

struct Fiber {
  ucontext_t context;
  jmp_buf here;
  std::unique_ptr<char[]> stack;
  bool begun = false, done = false;
  Wait wait = Wait::nothing;
  dim3 thread;
  int index;
  Block* block;
};

struct Warp {
  int arrived = 0, alive = 0;
  alignas(16) unsigned char slots[warp_size][slot_bytes];
};

struct Block {
  dim3 index, grid, size;
  std::vector<Fiber> fibers;
  std::vector<Warp> warps;
  std::vector<unsigned char> dynamic;
  int arrived = 0, alive = 0;
  jmp_buf scheduler;
  void (*kernel)(void**);
  void** arguments;
};

inline thread_local Fiber* current = nullptr;

[[noreturn]] inline void stop(const char* what) {
  std::fprintf(stderr, "CUDA emulator: %s (block %u, thread %u)\n", what, current ? current->block->index.x : 0, current ? current->thread.x : 0);
  std::abort();
}

inline void yield(Wait wait) {
  Fiber* fiber = current;
  fiber->wait = wait;
  if (_setjmp(fiber->here) == 0) _longjmp(fiber->block->scheduler, 1);
}

inline Warp& warp_of(Fiber* fiber) { return fiber->block->warps[fiber->index / warp_size]; }

inline void release(Block& block) {
  if (block.alive > 0 && block.arrived == block.alive) {
    block.arrived = 0;
    for (auto& fiber : block.fibers)
      if (fiber.wait == Wait::block) fiber.wait = Wait::nothing;
  }
}

inline void release(Block& block, int warp_index) {
  Warp& warp = block.warps[warp_index];
  if (warp.alive > 0 && warp.arrived == warp.alive) {
    warp.arrived = 0;
    const size_t end = std::min(block.fibers.size(), static_cast<size_t>(warp_index + 1) * warp_size);
    for (size_t i = static_cast<size_t>(warp_index) * warp_size; i < end; i++)
      if (block.fibers[i].wait == Wait::warp) block.fibers[i].wait = Wait::nothing;
  }
}

inline void block_barrier() {
  Block& block = *current->block;
  block.arrived++;
  if (block.arrived == block.alive)
    release(block);
  else
    yield(Wait::block);
}

inline void warp_barrier() {
  Warp& warp = warp_of(current);
  warp.arrived++;
  if (warp.arrived == warp.alive)
    release(*current->block, current->index / warp_size);
  else
    yield(Wait::warp);
}

// Every lane gives a value and takes that of another. Lanes that have ended give what they last gave, as on a device nothing is said of them.
template <class T>
T exchange(T value, int from) {
  static_assert(sizeof(T) <= slot_bytes, "wider than a slot");
  Warp& warp = warp_of(current);
  std::memcpy(warp.slots[current->index % warp_size], &value, sizeof(T));
  warp_barrier();
  T taken;
  std::memcpy(&taken, warp.slots[from & (warp_size - 1)], sizeof(T));
  warp_barrier();
  return taken;
}

inline void run_fiber() {
  Fiber* fiber = current;
  Block& block = *fiber->block;
  block.kernel(block.arguments);
  fiber->done = true;
  block.alive--;
  warp_of(fiber).alive--;
  release(block);
  release(block, fiber->index / warp_size);
  _longjmp(block.scheduler, 1);
}

inline void enter(Fiber& fiber) {
  current = &fiber;
  if (_setjmp(fiber.block->scheduler) == 0) {
    if (fiber.begun) _longjmp(fiber.here, 1);
    fiber.begun = true;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = stack_bytes;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, reinterpret_cast<void (*)()>(&run_fiber), 0);
    setcontext(&fiber.context);
  }
  current = nullptr;
}

inline void run(Block& block, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int> order(block.fibers.size());
  for (size_t i = 0; i < order.size(); i++) order[i] = static_cast<int>(i);
  while (block.alive > 0) {
    std::shuffle(order.begin(), order.end(), random);
    bool ran = false, only_slept = true;
    for (int index : order) {
      Fiber& fiber = block.fibers[index];
      if (fiber.done || fiber.wait == Wait::block || fiber.wait == Wait::warp) continue;
      only_slept &= fiber.wait == Wait::time;
      fiber.wait = Wait::nothing;
      ran = true;
      enter(fiber);
    }
    if (!ran) stop("threads wait for others at different barriers, or for ones that have ended");
    if (only_slept) sched_yield();
  }
}

inline void launch(void (*kernel)(void**), dim3 grid, dim3 size, unsigned dynamic_bytes, void** arguments) {
  const size_t blocks = static_cast<size_t>(grid.x) * grid.y * grid.z, threads = static_cast<size_t>(size.x) * size.y * size.z;
  const char* given = std::getenv("SEQUENCE_EMULATOR_SEED");
  const uint64_t seed = given ? std::strtoull(given, nullptr, 10) : 1;
  std::atomic<size_t> next{0};
  auto work = [&] {
    Block block;
    block.grid = grid;
    block.size = size;
    block.kernel = kernel;
    block.arguments = arguments;
    block.fibers = std::vector<Fiber>(threads);
    for (auto& fiber : block.fibers) {
      fiber.stack.reset(new char[stack_bytes]);
      fiber.block = &block;
    }
    for (size_t index; (index = next.fetch_add(1)) < blocks;) {
      block.index = {static_cast<unsigned>(index % grid.x), static_cast<unsigned>(index / grid.x % grid.y), static_cast<unsigned>(index / grid.x / grid.y)};
      block.alive = static_cast<int>(threads);
      block.arrived = 0;
      block.warps.assign((threads + warp_size - 1) / warp_size, Warp());
      // all ones is a NaN: what is read before it is written shows
      block.dynamic.assign(dynamic_bytes, 0xFF);
      for (auto& warp : block.warps) std::memset(warp.slots, 0xFF, sizeof(warp.slots));
      for (size_t i = 0; i < threads; i++) {
        Fiber& fiber = block.fibers[i];
        fiber.begun = fiber.done = false;
        fiber.wait = Wait::nothing;
        fiber.index = static_cast<int>(i);
        fiber.thread = {static_cast<unsigned>(i % size.x), static_cast<unsigned>(i / size.x % size.y), static_cast<unsigned>(i / size.x / size.y)};
        block.warps[i / warp_size].alive++;
      }
      run(block, seed * 0x9E3779B97F4A7C15ull + index);
    }
  };
  const size_t workers = std::min<size_t>(blocks, 3);
  std::vector<std::thread> others;
  for (size_t i = 1; i < workers; i++) others.emplace_back(work);
  work();
  for (auto& other : others) other.join();
}

// The arguments of a kernel as the driver has them: an address for each.
template <class... Parameters, size_t... Index>
void call(void (*kernel)(Parameters...), void** arguments, std::index_sequence<Index...>) {
  kernel(*static_cast<std::remove_reference_t<Parameters>*>(arguments[Index])...);
}

template <class... Parameters>
void call(void (*kernel)(Parameters...), void** arguments) {
  call(kernel, arguments, std::index_sequence_for<Parameters...>());
}

}  // namespace emulated

#define threadIdx (emulated::current->thread)
#define blockIdx (emulated::current->block->index)
#define blockDim (emulated::current->block->size)
#define gridDim (emulated::current->block->grid)
constexpr int warpSize = emulated::warp_size;

#define SEQUENCE_DYNAMIC_SHARED(type, name) type* name = reinterpret_cast<type*>(emulated::current->block->dynamic.data())

inline void __syncthreads() { emulated::block_barrier(); }
inline void __syncwarp(unsigned = 0xFFFFFFFF) { emulated::warp_barrier(); }
inline void __threadfence() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __threadfence_block() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __nanosleep(unsigned) { emulated::yield(emulated::Wait::time); }

inline int emulated_lane() { return emulated::current->index % emulated::warp_size; }

template <class T>
T __shfl_sync(unsigned, T value, int from, int width = 32) {
  return emulated::exchange(value, (emulated_lane() & ~(width - 1)) | (from & (width - 1)));
}

template <class T>
T __shfl_xor_sync(unsigned, T value, int mask, int = 32) {
  return emulated::exchange(value, emulated_lane() ^ mask);
}

template <class T>
T __shfl_up_sync(unsigned, T value, unsigned by, int width = 32) {
  const int lane = emulated_lane(), first = lane & ~(width - 1), from = lane - static_cast<int>(by);
  return emulated::exchange(value, from < first ? lane : from);
}

template <class T>
T __shfl_down_sync(unsigned, T value, unsigned by, int width = 32) {
  const int lane = emulated_lane(), end = (lane & ~(width - 1)) + width, from = lane + static_cast<int>(by);
  return emulated::exchange(value, from >= end ? lane : from);
}

inline int __all_sync(unsigned, int predicate) {
  predicate = predicate != 0;
  for (int mask = 1; mask < emulated::warp_size; mask *= 2) predicate &= __shfl_xor_sync(0xFFFFFFFF, predicate, mask);
  return predicate;
}

template <class T>
T atomicAdd(T* at, T value) {
  if constexpr (std::is_integral_v<T>) {
    return __atomic_fetch_add(at, value, __ATOMIC_SEQ_CST);
  } else {
    T before, after;
    __atomic_load(at, &before, __ATOMIC_SEQ_CST);
    do after = before + value;
    while (!__atomic_compare_exchange(at, &before, &after, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    return before;
  }
}

template <class T>
T atomicExch(T* at, T value) {
  return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);
}

template <class T>
T __ldg(const T* at) {
  return *at;
}

template <class To, class From>
To emulated_bits(From from) {
  static_assert(sizeof(To) == sizeof(From), "bits of another width");
  To to;
  std::memcpy(&to, &from, sizeof(To));
  return to;
}

inline float __uint_as_float(unsigned bits) { return emulated_bits<float>(bits); }
inline unsigned __float_as_uint(float value) { return emulated_bits<unsigned>(value); }
inline void sincosf(float x, float* sine, float* cosine) { *sine = std::sin(x), *cosine = std::cos(x); }
inline float rsqrtf(float x) { return 1 / std::sqrt(x); }
inline double rsqrt(double x) { return 1 / std::sqrt(x); }
inline float __fdividef(float x, float y) { return x / y; }
inline float __frcp_rn(float x) { return 1 / x; }
using std::max;
using std::min;

struct float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct double2 { double x, y; };

// Behind a kernel's source: what the launcher finds by name.
#define EMULATED_KERNEL(name)                                                                                     \
  extern "C" void emulated_##name(dim3 grid, dim3 size, unsigned dynamic_bytes, void** arguments) {               \
    emulated::launch([](void** given) { emulated::call(name, given); }, grid, size, dynamic_bytes, arguments);    \
  }
