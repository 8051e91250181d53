// The states between chunks, and their gradients. Some lanes of a warp hold a row of a state, or a tile of one, WIDTH numbers each, and walk over the chunks:
//   S_(c+1) = e^(l_c) S_c + U_c        g_c = gS_c + e^(l_c) g_(c+1)        gU_c = g_(c+1)        gl_c = e^(l_c) sum_V g_(c+1) S_c
// What a chunk adds does not depend on a state: that of the next chunks is on its way while these are taken.
// Given by macros, beside those of sequence.cuh: WIDTH, a divisor of V.
#include "logs.cuh"
#include "sequence.cuh"

constexpr int threads = 128;
// Chunks that are fetched at a time: of two tensors half as many.
constexpr int ahead = 4, ahead_of_two = 2;

struct alignas(WIDTH * sizeof(state)) Numbers {
  state x[WIDTH];
};

struct Sizes {
  int B, n, H, K, V;
  int lanes, tiles;  // of a row of V: lanes times tiles times WIDTH is at least V, lanes a power of two
};

// What a thread has: WIDTH numbers of the state of a head.
struct Place {
  bool exists;             // lanes behind the end compute with others, and write nothing
  int lane, n;
  long long of_state;      // in [B, H, K, V]
  long long first, step;   // in [B, n, H, K, V]: of the first chunk, and to the next
  long long sum, sums;     // in [B, n, H, K, tiles], likewise
  const double* log;
  long long next_log;

  __device__ __forceinline__ Place(const Sizes& of, const Logs& carry) {
    const unsigned thread = blockIdx.x * threads + threadIdx.x, rows = of.H * of.K;
    const unsigned tile_at = thread / of.lanes, row_at = tile_at / of.tiles, row = min(row_at, of.B * rows - 1);
    const int tile = tile_at % of.tiles, v = (tile * of.lanes + thread % of.lanes) * WIDTH;
    const unsigned b = row / rows, of_row = row % rows, h = of_row / of.K, k = of_row % of.K;
    lane = thread % of.lanes;
    n = of.n;
    exists = row_at < of.B * rows && v < of.V;
    const long long inside = static_cast<long long>(of_row) * of.V + min(v, of.V - WIDTH);
    step = static_cast<long long>(rows) * of.V;
    of_state = b * step + inside;
    first = b * step * n + inside;
    sums = static_cast<long long>(rows) * of.tiles;
    sum = b * sums * n + static_cast<long long>(of_row) * of.tiles + tile;
    log = carry.first + b * carry.row + h * carry.head + k * carry.next;
    next_log = carry.chunk;
  }

  __device__ __forceinline__ const Numbers& at(const state* x, int chunk) const { return *reinterpret_cast<const Numbers*>(x + first + min(max(chunk, 0), n - 1) * step); }
  __device__ __forceinline__ double log_at(int chunk) const { return log[min(max(chunk, 0), n - 1) * next_log]; }
  __device__ __forceinline__ const Numbers& state_of(const state* x) const { return *reinterpret_cast<const Numbers*>(x + of_state); }

  __device__ __forceinline__ void set(state* x, int chunk, const Numbers& to) const {
    if (exists) *reinterpret_cast<Numbers*>(x + first + chunk * step) = to;
  }
  __device__ __forceinline__ void set_state(state* x, const Numbers& to) const {
    if (exists) *reinterpret_cast<Numbers*>(x + of_state) = to;
  }
};

struct Forward {
  Sizes sizes;
  Logs carry;  // none where nothing fades
  const state *written, *initial;  // U [B, n, H, K, V] and the first S [B, H, K, V]
  state *before, *last;            // S before each chunk, and behind the last
};

template <bool fades>
__device__ __forceinline__ void forward_of(const Forward& given) {
  const Place at(given.sizes, given.carry);
  Numbers next[ahead];
  double next_log[ahead];
  const auto fetch = [&](int chunk) {
#pragma unroll
    for (int i = 0; i < ahead; i++) {
      next[i] = at.at(given.written, chunk + i);
      if (fades) next_log[i] = at.log_at(chunk + i);
    }
  };
  Numbers S = at.state_of(given.initial);
  fetch(0);
  for (int chunk = 0; chunk < at.n; chunk += ahead) {
    Numbers U[ahead];
    double log[ahead];
#pragma unroll
    for (int i = 0; i < ahead; i++) {
      U[i] = next[i];
      log[i] = next_log[i];
    }
    fetch(chunk + ahead);
#pragma unroll
    for (int i = 0; i < ahead; i++) {
      if (chunk + i >= at.n) break;
      at.set(given.before, chunk + i, S);
      const state e = fades ? exponential(static_cast<state>(log[i])) : 1;
#pragma unroll
      for (int j = 0; j < WIDTH; j++) S.x[j] = e * S.x[j] + U[i].x[j];
    }
  }
  at.set_state(given.last, S);
}

extern "C" __global__ void __launch_bounds__(threads) forward(const Forward given) {
  if (given.carry.first == nullptr)
    forward_of<false>(given);
  else
    forward_of<true>(given);
}

struct Backward {
  Sizes sizes;
  Logs carry;  // none where nothing fades
  const state *before, *g_before, *g_last;  // S before each chunk, and the gradients to that and to the last S
  state *g_written, *g_initial;
  state* g_carry;  // [B, n, H, K, tiles]
};

template <bool fades>
__device__ __forceinline__ void backward_of(const Backward& given) {
  constexpr int count = fades ? ahead_of_two : ahead;
  const Place at(given.sizes, given.carry);
  Numbers next_g[count], next_S[count];
  double next_log[count];
  const auto fetch = [&](int chunk) {
#pragma unroll
    for (int i = 0; i < count; i++) {
      next_g[i] = at.at(given.g_before, chunk - i);
      if (fades) {
        next_S[i] = at.at(given.before, chunk - i);
        next_log[i] = at.log_at(chunk - i);
      }
    }
  };
  Numbers g = at.state_of(given.g_last);
  fetch(at.n - 1);
  for (int chunk = at.n - 1; chunk >= 0; chunk -= count) {
    Numbers g_S[count], S[count];
    double log[count];
#pragma unroll
    for (int i = 0; i < count; i++) {
      g_S[i] = next_g[i];
      S[i] = next_S[i];
      log[i] = next_log[i];
    }
    fetch(chunk - count);
    state sums[count];
#pragma unroll
    for (int i = 0; i < count; i++) {
      sums[i] = 0;
      if (chunk - i < 0) continue;
      at.set(given.g_written, chunk - i, g);
      const state e = fades ? exponential(static_cast<state>(log[i])) : 1;
#pragma unroll
      for (int j = 0; j < WIDTH; j++) {
        if (fades) sums[i] += g.x[j] * S[i].x[j];
        g.x[j] = e * g.x[j] + g_S[i].x[j];
      }
      sums[i] = at.exists && e != 0 ? e * sums[i] : 0;
    }
    if constexpr (fades) {
      for (int mask = given.sizes.lanes / 2; mask > 0; mask /= 2) {
#pragma unroll
        for (int i = 0; i < count; i++) sums[i] += __shfl_xor_sync(0xFFFFFFFF, sums[i], mask);
      }
#pragma unroll
      for (int i = 0; i < count; i++) {
        if (at.lane == 0 && at.exists && chunk - i >= 0) given.g_carry[at.sum + (chunk - i) * at.sums] = sums[i];
      }
    }
  }
  at.set_state(given.g_initial, g);
}

extern "C" __global__ void __launch_bounds__(threads) backward(const Backward given) {
  if (given.carry.first == nullptr)
    backward_of<false>(given);
  else
    backward_of<true>(given);
}
