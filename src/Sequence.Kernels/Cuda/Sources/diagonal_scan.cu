// The two passes of a diagonal recurrence, h_t = a_t h_(t-1) + b_t over [B, T, D], real or complex, in one pass over memory each. INPUT is the file that says where a and b come
// from, and of which numbers they are; the other macros are those of chain.cuh. All loads of a thread come before the first use of one, so that they are under way together: what lies outside is read at the nearest place inside.
#include INPUT
#include "chain.cuh"

constexpr int steps = STEPS;
typedef Place<value, steps> Here;

struct Arguments {
  Chain<value> chain;
  Input input;
  Numbers h, gh;
  const state* initial;  // [B, D]; of complex numbers [2, B, D]
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
  const long long of_row = static_cast<long long>(place.row) * given.chain.D + channel, states = static_cast<long long>(given.chain.rows) * given.chain.D;
  const auto time = [&](int s) { return min(place.time + s, T - 1); };

  Input::Token tokens[steps];
  unsigned char marks[steps];
#pragma unroll
  for (int s = 0; s < steps; s++) tokens[s] = given.input.token(place.row, time(s), channel);
  read_marks(given, place.row, time, marks);
  const value first = state_at(given.initial, of_row, states);

  // what lies behind the end changes nothing
  value a[steps], b[steps];
#pragma unroll
  for (int s = 0; s < steps; s++) {
    given.input.read(tokens[s], a[s], b[s]);
    const bool nothing = place.time + s >= T || marks[s] == padding;
    a[s] = nothing ? number(1) : marks[s] == document_start ? number(0) : a[s];
    b[s] = nothing ? number(0) : b[s];
  }

  value A = a[0], H = b[0];
#pragma unroll
  for (int s = 1; s < steps; s++) {
    H = fused(a[s], H, b[s]);
    A = a[s] * A;
  }

  value last;
  value h = carried<value, steps>(given.chain, place, A, H, first, last);
  if (!inside) return;
#pragma unroll
  for (int s = 0; s < steps; s++) {
    h = fused(a[s], h, b[s]);
    if (place.time + s < T) given.h.store(place.row, place.time + s, channel, h);
  }

  if (place.ends()) set_state(given.last, of_row, states, last);
}

// One token, of which every thread has a channel: nothing is left to another.
extern "C" __global__ void step(Arguments given) {
  const long long states = static_cast<long long>(given.chain.rows) * given.chain.D, at = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (at >= states) return;
  const int row = static_cast<int>(at / given.chain.D), channel = static_cast<int>(at % given.chain.D);
  const Input::Token token = given.input.token(row, 0, channel);
  const unsigned char mark = given.marks == nullptr ? no_mark : given.marks[row];
  const value before = state_at(given.initial, at, states);

  value a, b;
  given.input.read(token, a, b);
  a = mark == padding ? number(1) : mark == document_start ? number(0) : a;
  b = mark == padding ? number(0) : b;
  const value h = fused(a, before, b);
  given.h.store(row, 0, channel, h);
  set_state(given.last, at, states, h);
}

// Last token first, with g the gradient to h:
//   m_t = g_t + c_(t+1)        c_t = conj(a_t) m_t        grad b_t = m_t        grad a_t = m_t conj(h_(t-1))        grad h_(-1) = c_0
// `initial` is h before the first token, `last` the gradient to it.
struct Gradients {
  Arguments given;
  const state* g_last;  // the gradient to the last h
};

extern "C" __global__ void __launch_bounds__(chain_threads, 2) backward(Gradients gradients) {
  const Arguments& given = gradients.given;
  const Here place(given.chain);
  const int T = given.chain.T, channel = place.nearest(given.chain), latest = T - 1 - place.time;
  const bool inside = place.inside(given.chain);
  const long long of_row = static_cast<long long>(place.row) * given.chain.D + channel, states = static_cast<long long>(given.chain.rows) * given.chain.D;
  const auto time = [&](int s) { return max(latest - s, 0); };

  Input::Factor factors[steps];
  value g[steps], past[steps];
  unsigned char marks[steps];
#pragma unroll
  for (int s = 0; s < steps; s++) {
    factors[s] = given.input.factor(place.row, time(s), channel);
    g[s] = given.gh.load(place.row, time(s), channel);
    past[s] = given.h.load(place.row, max(latest - s - 1, 0), channel);
  }
  read_marks(given, place.row, time, marks);
  const value before = state_at(given.initial, of_row, states), g_last = state_at(gradients.g_last, of_row, states);

  value a[steps];
#pragma unroll
  for (int s = 0; s < steps; s++) {
    const bool behind = latest < s;
    a[s] = behind || marks[s] == padding ? number(1) : marks[s] == document_start ? number(0) : conjugate(given.input.decay(factors[s]));
    g[s] = behind ? number(0) : g[s];
    past[s] = marks[s] != no_mark ? number(0) : latest == s ? before : past[s];
  }

  value A = a[0], C = a[0] * g[0];
#pragma unroll
  for (int s = 1; s < steps; s++) {
    C = a[s] * (C + g[s]);
    A = a[s] * A;
  }

  value ends;
  value c = carried<value, steps>(given.chain, place, A, C, g_last, ends);
  if (!inside) return;
#pragma unroll
  for (int s = 0; s < steps; s++) {
    const value m = g[s] + c;
    if (latest >= s) given.input.write(place.row, latest - s, channel, factors[s], m * conjugate(past[s]), marks[s] == padding ? number(0) : m);
    c = a[s] * m;
  }

  if (place.ends()) set_state(given.last, of_row, states, ends);
}
