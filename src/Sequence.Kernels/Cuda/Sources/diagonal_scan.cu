// The two passes of a real diagonal recurrence, h_t = a_t h_(t-1) + b_t over [B, T, D], in one pass over memory each. INPUT is the file that says where a and b come from; the other
// macros are those of chain.cuh. All loads of a thread come before the first use of one, so that they are under way together: what lies outside is read at the nearest place inside.
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

// The marks of a thread's tokens, t(s) for s of them.
template <class Time>
__device__ __forceinline__ void read_marks(const Arguments& given, int row, Time t, unsigned char (&marks)[steps]) {
#pragma unroll
  for (int s = 0; s < steps; s++) marks[s] = no_mark;
  if (given.marks == nullptr) return;
#pragma unroll
  for (int s = 0; s < steps; s++) marks[s] = given.marks[static_cast<long long>(row) * given.chain.T + t(s)];
}

extern "C" __global__ void __launch_bounds__(chain_threads, 2) forward(Arguments given) {
  const Here place(given.chain);
  const int T = given.chain.T, channel = place.nearest(given.chain);
  const bool inside = place.inside(given.chain);
  const long long of_row = static_cast<long long>(place.row) * given.chain.D + channel;
  const auto time = [&](int s) { return min(place.time + s, T - 1); };

  Input::Token tokens[steps];
  unsigned char marks[steps];
#pragma unroll
  for (int s = 0; s < steps; s++) tokens[s] = given.input.token(place.row, time(s), channel);
  read_marks(given, place.row, time, marks);
  const state first = given.initial[of_row];

  // what lies behind the end changes nothing
  state a[steps], b[steps];
#pragma unroll
  for (int s = 0; s < steps; s++) {
    given.input.read(tokens[s], a[s], b[s]);
    const bool nothing = place.time + s >= T || marks[s] == padding;
    a[s] = nothing ? 1 : marks[s] == document_start ? 0 : a[s];
    b[s] = nothing ? 0 : b[s];
  }

  state A = a[0], H = b[0];
#pragma unroll
  for (int s = 1; s < steps; s++) {
    H = fused(a[s], H, b[s]);
    A *= a[s];
  }

  state last;
  state h = carried<state, steps>(given.chain, place, A, H, first, last);
  if (!inside) return;
#pragma unroll
  for (int s = 0; s < steps; s++) {
    h = fused(a[s], h, b[s]);
    if (place.time + s < T) store(given.h.at(place.row, place.time + s, channel), h);
  }

  if (place.ends()) given.last[of_row] = last;
}

// Last token first, with g the gradient to h:
//   m_t = g_t + c_(t+1)        c_t = a_t m_t        grad b_t = m_t        grad a_t = m_t h_(t-1)        grad h_(-1) = c_0
// `initial` is h before the first token, `last` the gradient to it.
struct Gradients {
  Arguments given;
  const state* g_last;  // [B, D], the gradient to the last h
};

extern "C" __global__ void __launch_bounds__(chain_threads, 2) backward(Gradients gradients) {
  const Arguments& given = gradients.given;
  const Here place(given.chain);
  const int T = given.chain.T, channel = place.nearest(given.chain), latest = T - 1 - place.time;
  const bool inside = place.inside(given.chain);
  const long long of_row = static_cast<long long>(place.row) * given.chain.D + channel;
  const auto time = [&](int s) { return max(latest - s, 0); };

  Input::Factor factors[steps];
  state g[steps], past[steps];
  unsigned char marks[steps];
#pragma unroll
  for (int s = 0; s < steps; s++) {
    factors[s] = given.input.factor(place.row, time(s), channel);
    g[s] = load(given.gh.at(place.row, time(s), channel));
    past[s] = load(given.h.at(place.row, max(latest - s - 1, 0), channel));
  }
  read_marks(given, place.row, time, marks);
  const state before = given.initial[of_row], g_last = gradients.g_last[of_row];

  state a[steps];
#pragma unroll
  for (int s = 0; s < steps; s++) {
    const bool behind = latest < s;
    a[s] = behind || marks[s] == padding ? 1 : marks[s] == document_start ? 0 : given.input.decay(factors[s]);
    g[s] = behind ? 0 : g[s];
    past[s] = marks[s] != no_mark ? 0 : latest == s ? before : past[s];
  }

  state A = a[0], C = a[0] * g[0];
#pragma unroll
  for (int s = 1; s < steps; s++) {
    C = a[s] * (C + g[s]);
    A *= a[s];
  }

  state ends;
  state c = carried<state, steps>(given.chain, place, A, C, g_last, ends);
  if (!inside) return;
#pragma unroll
  for (int s = 0; s < steps; s++) {
    const state m = g[s] + c;
    if (latest >= s) given.input.write(place.row, latest - s, channel, factors[s], m * past[s], marks[s] == padding ? 0 : m);
    c = a[s] * m;
  }

  if (place.ends()) given.last[of_row] = ends;
}
