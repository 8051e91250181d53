// The two passes of a real diagonal recurrence, h_t = a_t h_(t-1) + b_t over [B, T, D], in one pass over memory each. INPUT is the file that says where a and b come from; the other
// macros are those of chain.cuh.
#include "sequence.cuh"
#include "chain.cuh"
#include INPUT

constexpr int steps = STEPS;
typedef Place<state, steps> Here;

struct Arguments {
  Chain<state> chain;
  Input input;
  Tokens<stored> h, gh;
  const state* initial;  // [B, D]
  state* last;
  const unsigned char* marks;  // [B, T], or none
};

__device__ __forceinline__ unsigned char mark_of(const Arguments& given, int row, int t) {
  return given.marks == nullptr ? no_mark : given.marks[static_cast<long long>(row) * given.chain.T + t];
}

extern "C" __global__ void __launch_bounds__(chain_threads) forward(Arguments given) {
  const Here place(given.chain);
  const bool inside = place.inside(given.chain);
  const int T = given.chain.T;
  state a[steps], b[steps];
  // what lies behind the end changes nothing
#pragma unroll
  for (int s = 0; s < steps; s++) {
    const int t = place.time + s;
    a[s] = 1;
    b[s] = 0;
    if (!inside || t >= T) continue;
    const unsigned char mark = mark_of(given, place.row, t);
    if (mark == padding) continue;
    given.input.read(place.row, t, place.channel, a[s], b[s]);
    if (mark == document_start) a[s] = 0;
  }

  state A = a[0], H = b[0];
#pragma unroll
  for (int s = 1; s < steps; s++) {
    H = fused(a[s], H, b[s]);
    A *= a[s];
  }

  const long long of_row = static_cast<long long>(place.row) * given.chain.D + place.channel;
  state last;
  state h = carried<state, steps>(given.chain, place, A, H, inside ? given.initial[of_row] : 0, last);
  if (!inside) return;
#pragma unroll
  for (int s = 0; s < steps; s++) {
    h = fused(a[s], h, b[s]);
    if (place.time + s < T) store(given.h.at(place.row, place.time + s, place.channel), h);
  }

  if (place.warp == 0 && place.chunk == place.chunks - 1) given.last[of_row] = last;
}

// Last token first, with g the gradient to h:
//   m_t = g_t + c_(t+1)        c_t = a_t m_t        grad b_t = m_t        grad a_t = m_t h_(t-1)        grad h_(-1) = c_0
// `initial` is h before the first token here, `last` the gradient to it, and what the recurrence begins with, the gradient to the last h, lies behind `given.gh`.
struct Gradients {
  Arguments given;
  const state* g_last;  // [B, D]
};

extern "C" __global__ void __launch_bounds__(chain_threads) backward(Gradients gradients) {
  const Arguments& given = gradients.given;
  const Here place(given.chain);
  const bool inside = place.inside(given.chain);
  const int T = given.chain.T;
  const long long of_row = static_cast<long long>(place.row) * given.chain.D + place.channel;
  state a[steps], g[steps], past[steps];
#pragma unroll
  for (int s = 0; s < steps; s++) {
    const int t = T - 1 - place.time - s;
    a[s] = 1;
    g[s] = past[s] = 0;
    if (!inside || t < 0) continue;
    const unsigned char mark = mark_of(given, place.row, t);
    g[s] = load(given.gh.at(place.row, t, place.channel));
    if (mark == padding) continue;
    a[s] = mark == document_start ? 0 : given.input.decay(place.row, t, place.channel);
    if (mark == no_mark) past[s] = t == 0 ? given.initial[of_row] : load(given.h.at(place.row, t - 1, place.channel));
  }

  state A = a[0], C = a[0] * g[0];
#pragma unroll
  for (int s = 1; s < steps; s++) {
    C = a[s] * (C + g[s]);
    A *= a[s];
  }

  state ends;
  state c = carried<state, steps>(given.chain, place, A, C, inside ? gradients.g_last[of_row] : 0, ends);
  if (!inside) return;
#pragma unroll
  for (int s = 0; s < steps; s++) {
    const int t = T - 1 - place.time - s;
    if (t < 0) break;
    const state m = g[s] + c;
    const bool padded = mark_of(given, place.row, t) == padding;
    given.input.write(place.row, t, place.channel, a[s], padded ? 0 : m * past[s], padded ? 0 : m);
    c = a[s] * m;
  }

  if (place.warp == 0 && place.chunk == place.chunks - 1) given.last[of_row] = ends;
}
