// The states between chunks of the delta rule, or the gradients to them: a block a tile of columns of V, whose state it holds while it walks over the chunks, to the end or from it,
//   x_c = a_c + s P_c S        S' = e_c S - s Q_c^T x_c + d_c        P, Q: [C, K]        a, x: [C, V]        S, d: [K, V]
// where the states have a = W, P = R, Q = L and s = -1, and the gradients P = L, Q = R and s = 1. P and Q come in slices of equal size; one is on its way while another is taken.
#include "logs.cuh"
#include "sequence.cuh"

constexpr int most_tokens = 64, most_keys = 128, threads = 256;
constexpr int columns = 128 / sizeof(state), groups = threads / columns;              // a thread has a column, a group of threads some rows
constexpr int slice_keys = columns, slice_tokens = most_tokens * slice_keys / most_keys;  // of P all tokens and some keys, of Q some tokens and all keys
constexpr int slice = most_tokens * slice_keys, share = slice / threads;
constexpr int four = 4, token_rows = most_tokens / groups, key_rows = most_keys / groups;

struct alignas(16) Four {
  state x[four];
};

struct Arguments {
  const state *a, *P, *Q, *d, *initial;  // d: none in the states
  Logs carry;                            // e; none where all is left
  state *x, *before, *last;              // before: S as it was when a chunk began to be taken
  int n, H, C, K, V, tiles, is_backward;
};

struct Walk {
  const Arguments& given;
  long long head;  // of B n H, the first chunk's
  int b, h, column, group;

  __device__ __forceinline__ explicit Walk(const Arguments& given) : given(given), column(threadIdx.x % columns), group(threadIdx.x / columns) {
    const int at = blockIdx.x / given.tiles;
    b = at / given.H;
    h = at % given.H;
    head = static_cast<long long>(b) * given.n * given.H + h;
  }

  __device__ __forceinline__ int chunk(int step) const { return given.is_backward ? given.n - 1 - step : step; }
  __device__ __forceinline__ long long matrix(int step) const { return head + static_cast<long long>(chunk(step)) * given.H; }
  __device__ __forceinline__ int v() const { return blockIdx.x % given.tiles * columns + column; }
  __device__ __forceinline__ int inside_v() const { return min(v(), given.V - 1); }
  __device__ __forceinline__ int token(int r) const { return group + r * groups; }
  // Keys of a thread lie in fours.
  __device__ __forceinline__ int key(int r) const { return (r / four * groups + group) * four + r % four; }

  __device__ __forceinline__ void fetch(int step, int at, int of_P, state (&next)[share]) const {
    const bool is_P = at < of_P;
    const state* from = (is_P ? given.P : given.Q) + matrix(min(step, given.n - 1)) * given.C * given.K;
    const int wide = is_P ? slice_keys : most_keys, first_token = is_P ? 0 : (at - of_P) * slice_tokens, first_key = is_P ? at * slice_keys : 0;
#pragma unroll
    for (int i = 0; i < share; i++) {
      const int number = threadIdx.x + i * threads, token = first_token + number / wide, key = first_key + number % wide;
      const state read = from[min(token, given.C - 1) * given.K + min(key, given.K - 1)];
      next[i] = token < given.C && key < given.K ? read : 0;
    }
  }
};

extern "C" __global__ void __launch_bounds__(threads, 2) walk(const Arguments given) {
  __shared__ state S[most_keys][columns], x[most_tokens][columns];
  __shared__ Four of_slices[slice / four];
  state* const factors = of_slices[0].x;
  const Walk at(given);
  const bool exists = at.v() < given.V;
  const int of_P = (given.K + slice_keys - 1) / slice_keys, of_both = of_P + (given.C + slice_tokens - 1) / slice_tokens;
  const state sign = given.is_backward ? 1 : -1;
  const long long of_head = static_cast<long long>(at.b * given.H + at.h) * given.K * given.V + at.inside_v();
#pragma unroll
  for (int r = 0; r < key_rows; r++) {
    const state first = given.initial[of_head + static_cast<long long>(min(at.key(r), given.K - 1)) * given.V];
    S[at.key(r)][at.column] = at.key(r) < given.K ? first : 0;
  }

  state next[share];
  at.fetch(0, 0, of_P, next);
  const auto put = [&](int step, int of_slice) {
#pragma unroll
    for (int i = 0; i < share; i++) factors[threadIdx.x + i * threads] = next[i];
    __syncthreads();
    const bool is_last = of_slice + 1 == of_both;
    at.fetch(is_last ? step + 1 : step, is_last ? 0 : of_slice + 1, of_P, next);
  };

  for (int step = 0; step < given.n; step++) {
    const long long tokens = at.matrix(step) * given.C * given.V + at.inside_v(), keys = at.matrix(step) * given.K * given.V + at.inside_v();
    state sums[token_rows], added[token_rows];
#pragma unroll
    for (int r = 0; r < token_rows; r++) {
      sums[r] = 0;
      added[r] = given.a[tokens + static_cast<long long>(min(at.token(r), given.C - 1)) * given.V];
    }

    for (int of_slice = 0; of_slice < of_P; of_slice++) {
      put(step, of_slice);
#pragma unroll 1
      for (int k = 0; k < slice_keys; k += four) {
        state of_S[four];
#pragma unroll
        for (int i = 0; i < four; i++) of_S[i] = S[of_slice * slice_keys + k + i][at.column];
#pragma unroll
        for (int r = 0; r < token_rows; r++) {
          const Four P = of_slices[(at.token(r) * slice_keys + k) / four];
#pragma unroll
          for (int i = 0; i < four; i++) sums[r] += P.x[i] * of_S[i];
        }
      }
      __syncthreads();
    }

    state changes[key_rows];
#pragma unroll
    for (int r = 0; r < key_rows; r++) changes[r] = 0;
    if (given.d != nullptr) {
#pragma unroll
      for (int r = 0; r < key_rows; r++) changes[r] = -sign * given.d[keys + static_cast<long long>(min(at.key(r), given.K - 1)) * given.V];
    }

#pragma unroll
    for (int r = 0; r < token_rows; r++) {
      const int token = at.token(r);
      const state value = added[r] + sign * sums[r];
      x[token][at.column] = token < given.C ? value : 0;
      if (token < given.C && exists) given.x[tokens + static_cast<long long>(token) * given.V] = value;
    }

    const Logs& carry = given.carry;
    const state e = carry.first == nullptr ? 1 : static_cast<state>(carry.first[at.b * carry.row + at.chunk(step) * carry.chunk + at.h * carry.head]);
    for (int of_slice = of_P; of_slice < of_both; of_slice++) {
      put(step, of_slice);
#pragma unroll 1
      for (int i = 0; i < slice_tokens; i++) {
        const state of_x = x[(of_slice - of_P) * slice_tokens + i][at.column];
#pragma unroll
        for (int r = 0; r < key_rows; r += four) {
          const Four Q = of_slices[(i * most_keys + at.key(r)) / four];
#pragma unroll
          for (int j = 0; j < four; j++) changes[r + j] += Q.x[j] * of_x;
        }
      }
      __syncthreads();
    }

#pragma unroll
    for (int r = 0; r < key_rows; r++) {
      const int key = at.key(r);
      if (key >= given.K) continue;
      const long long to = keys + static_cast<long long>(key) * given.V;
      const state before = S[key][at.column];
      if (exists) given.before[to] = before;
      S[key][at.column] = e * before - sign * changes[r];
    }
  }

#pragma unroll
  for (int r = 0; r < key_rows; r++) {
    if (at.key(r) < given.K && exists) given.last[of_head + static_cast<long long>(at.key(r)) * given.V] = S[at.key(r)][at.column];
  }
}
