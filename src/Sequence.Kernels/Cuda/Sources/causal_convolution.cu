// A causal depthwise convolution, s_t = b + sum_(j=0..w-1) W_j u_(t-j) and y_t = s_t or silu(s_t) over [B, T, C], and its gradients. A thread has some tokens of a channel in registers,
// and takes them through a few taps at a time, with what these taps read. Where positions are given, a tap reads no token of a document before.
// STEPS are the tokens of a tile, which a thread has at a time, TILES the tiles that it goes through, TAPS the taps taken at a time, THREADS the channels of a block.
#include "sequence.cuh"

constexpr int steps = STEPS;
constexpr int tiles = TILES;
constexpr int taps = TAPS;
constexpr int threads = THREADS;
// tokens behind a tile whose sums are computed again for the gradients to its inputs, so many at a time
constexpr int halo = 4;

struct Arguments {
  Tokens<stored> u, y, gu, gy, window, g_window;  // windows: [B, w - 1, C], or none
  const stored *weight, *bias;                    // [w, C], [C]
  const long long* positions;                     // [B, T], or none
  state *g_weight, *g_bias;                       // [B, stretches, w, C], [B, stretches, C], from zero on
  int rows, T, C, w, silu;
  int before;     // tiles in front of the first token, for the gradient to the window
  int stretches;  // of so many tiles as a block goes through
};

// Where a block and its threads are.
struct Place {
  int row, stretch, channel;
  bool inside;

  __device__ Place(const Arguments& given) {
    const int blocks = (given.C + threads - 1) / threads;
    channel = blockIdx.x % blocks * threads + threadIdx.x;
    stretch = blockIdx.x / blocks % given.stretches;
    row = blockIdx.x / blocks / given.stretches;
    inside = channel < given.C;
  }

  __device__ int first(const Arguments& given, int tile) const { return (stretch * tiles + tile - given.before) * steps; }
};

// What stands at a token: nothing behind the end, and the window, if there is one, before the first.
__device__ __forceinline__ state input(const Arguments& given, const Place& place, int t) {
  const int before = given.w - 1 + t;
  if (t >= given.T || (t < 0 && (before < 0 || given.window.none()))) return 0;
  return load(t < 0 ? given.window.at(place.row, before, place.channel) : given.u.at(place.row, t, place.channel));
}

// The last tap that reads anything at each of some tokens.
template <int count>
__device__ __forceinline__ void find(const Arguments& given, const Place& place, int first, int (&reach)[count]) {
#pragma unroll
  for (int s = 0; s < count; s++) {
    const int t = first + s;
    const bool all = given.positions == nullptr || t < 0 || t >= given.T;
    const long long position = all ? given.w : given.positions[static_cast<long long>(place.row) * given.T + t];
    reach[s] = position < 0 ? 0 : static_cast<int>(min(position, static_cast<long long>(given.w)));
  }
}

// s of some tokens from `first` on; of a tap j and what it reads, u(s) for token s, `each(j, u)` as well.
template <int count, class Each>
__device__ __forceinline__ void over_taps(const Arguments& given, const Place& place, int first, const Each& each) {
  for (int begin = 0; begin < given.w; begin += taps) {
    state u[count + taps - 1];
#pragma unroll
    for (int i = 0; i < count + taps - 1; i++) u[i] = input(given, place, first - begin - (taps - 1) + i);
#pragma unroll
    for (int k = 0; k < taps; k++)
      if (begin + k < given.w) each(begin + k, u + (taps - 1 - k));
  }
}

template <int count>
__device__ __forceinline__ void sums(const Arguments& given, const Place& place, int first, const int (&reach)[count], state (&s)[count]) {
  const state bias = load(given.bias + place.channel);
#pragma unroll
  for (int i = 0; i < count; i++) s[i] = bias;
  over_taps<count>(given, place, first, [&](int j, const state* u) {
    const state weight = load(given.weight + static_cast<long long>(j) * given.C + place.channel);
#pragma unroll
    for (int i = 0; i < count; i++) s[i] = j <= reach[i] ? weight * u[i] + s[i] : s[i];
  });
}

extern "C" __global__ void __launch_bounds__(threads) forward(Arguments given) {
  const Place place(given);
  if (!place.inside) return;
  for (int tile = 0; tile < tiles; tile++) {
    const int first = place.first(given, tile);
    if (first >= given.T) return;
    int reach[steps];
    state s[steps];
    find(given, place, first, reach);
    sums(given, place, first, reach, s);
#pragma unroll
    for (int i = 0; i < steps; i++) {
      state open = 1, shut;
      if (given.silu) gates(s[i], open, shut);
      if (first + i < given.T) store(given.y.at(place.row, first + i, place.channel), s[i] * open);
    }
  }
}

// One token: no tile is taken for it.
extern "C" __global__ void __launch_bounds__(threads) step(Arguments given) {
  const Place place(given);
  if (!place.inside) return;
  int reach[1];
  state s[1], open = 1, shut;
  find(given, place, 0, reach);
  sums(given, place, 0, reach, s);
  if (given.silu) gates(s[0], open, shut);
  store(given.y.at(place.row, 0, place.channel), s[0] * open);
}

// The gradients to s of some tokens: g_t, or g_t silu'(s_t), s computed again; none outside of the sequence.
template <int count>
__device__ __forceinline__ void slopes(const Arguments& given, const Place& place, int first, const int (&reach)[count], state (&gs)[count]) {
#pragma unroll
  for (int i = 0; i < count; i++) {
    const int t = first + i;
    gs[i] = t < 0 || t >= given.T ? 0 : load(given.gy.at(place.row, t, place.channel));
  }
  if (!given.silu) return;
  state s[count];
  sums(given, place, first, reach, s);
#pragma unroll
  for (int i = 0; i < count; i++) {
    state open, shut;
    gates(s[i], open, shut);
    gs[i] *= open * (s[i] * shut + 1);
  }
}

// What tokens `offset` behind the first of a tile add to the gradients of its inputs: grad u_t = sum_j W_j grad s_(t+j).
template <int count>
__device__ __forceinline__ void spread(const Arguments& given, const Place& place, int offset, const int (&reach)[count], const state (&gs)[count], state (&gu)[steps]) {
#pragma unroll
  for (int d = 1 - steps; d < count; d++) {
    const int j = offset + d;
    if (j < 0 || j >= given.w) continue;
    const state weight = load(given.weight + static_cast<long long>(j) * given.C + place.channel);
#pragma unroll
    for (int i = 0; i < steps; i++) {
      const int from = i + d;
      if (from >= 0 && from < count) gu[i] = j <= reach[from] ? weight * gs[from] + gu[i] : gu[i];
    }
  }
}

extern "C" __global__ void __launch_bounds__(threads) backward(Arguments given) {
  const Place place(given);
  if (!place.inside) return;
  const long long stretch = static_cast<long long>(place.row) * given.stretches + place.stretch;
  state* g_weight = given.g_weight + stretch * given.w * given.C + place.channel;
  state g_bias = 0;
  for (int tile = 0; tile < tiles; tile++) {
    const int first = place.first(given, tile);
    if (first >= given.T) break;
    state gu[steps];
#pragma unroll
    for (int i = 0; i < steps; i++) gu[i] = 0;
    {
      int reach[steps];
      state gs[steps];
      find(given, place, first, reach);
      slopes(given, place, first, reach, gs);
      spread(given, place, 0, reach, gs, gu);
#pragma unroll
      for (int i = 0; i < steps; i++) g_bias += gs[i];
      // grad W_j = sum_t grad s_t u_(t-j)
      over_taps<steps>(given, place, first, [&](int j, const state* u) {
        state sum = 0;
#pragma unroll
        for (int i = 0; i < steps; i++) sum = j <= reach[i] ? gs[i] * u[i] + sum : sum;
        g_weight[static_cast<long long>(j) * given.C] += sum;
      });
    }

    for (int offset = steps; offset < steps + given.w - 1; offset += halo) {
      int reach[halo];
      state gs[halo];
      find(given, place, first + offset, reach);
      slopes(given, place, first + offset, reach, gs);
      spread(given, place, offset, reach, gs, gu);
    }

#pragma unroll
    for (int i = 0; i < steps; i++) {
      const int t = first + i, before = given.w - 1 + t;
      if (t >= given.T) break;
      if (t >= 0)
        store(given.gu.at(place.row, t, place.channel), gu[i]);
      else if (before >= 0)
        store(given.g_window.at(place.row, before, place.channel), gu[i]);
    }
  }
  given.g_bias[stretch * given.C + place.channel] = g_bias;
}
