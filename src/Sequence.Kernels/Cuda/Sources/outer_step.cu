// One token of the recurrences whose state is a matrix a head:
//   S_t = diag(d) S + k u^T        y = S_t^T q = (diag(d) S)^T q + (k . q) u
// where d = e^l and u = v (outer); d = exp(l + m - m_t), k stands for exp(i - m_t) k, and u = v (scaled, m_t = max(l + m, i)); or d = e^l and u = beta (v - (diag(d) S)^T k)
// (delta). A block has 32 columns of V of a head, its warps share out the rows of K. A warp has all of its rows on their way before the first is used, and keeps them for
// what is written: up to 256 rows of K are read once. Sums are over rows, then warps, in the same order at every run.
#include "sequence.cuh"

constexpr int lanes = 32, warps = 8, threads = lanes * warps;
constexpr unsigned every_lane = 0xFFFFFFFF;
constexpr double lowest = -1.7976931348623157e308;

enum Kind { of_outer, of_scaled, of_delta };

// [B, H, X]; an axis of no step stands for as many as there are elsewhere. As CudaHeads has it.
template <class T>
struct Heads {
  const T* first;
  long long row, head, next;

  __device__ __forceinline__ auto at(int b, int h, int x) const { return load(first + b * row + h * head + x * next); }
};

struct Arguments {
  Heads<stored> q, k, v;
  Heads<state> l, beta;           // no l for d = 1
  Heads<double> forget, input;    // l and i of scaled ones
  const unsigned char* starts;    // [B], or none
  const double* scales;           // m, [B, H]
  const state* initial;           // [B, H, K, V], or none
  stored* y;                      // [B, H, V]
  state* last;                    // [B, H, K, V]
  double *units, *last_scales;    // m_t, [B, H]; zero for minus infinity in units
  int H, K, V, tiles;
};

__device__ __forceinline__ double larger(double x, double y) { return x != x || x > y ? x : y; }

__device__ __forceinline__ state sum(state x) {
#pragma unroll
  for (int mask = lanes / 2; mask > 0; mask /= 2) x += __shfl_xor_sync(every_lane, x, mask);
  return x;
}

// Rows of a warp: a lane has q, k and d of one of them, and its column of all.
template <int rows>
struct Part {
  state q, k, d, S[rows];

  __device__ __forceinline__ void read(const Arguments& of, int b, int h, int begin, int lane, const state* column, state fade, state take) {
    const int row = min(begin + lane, of.K - 1);
    const bool is = lane < rows && begin + lane < of.K;
    const state query = of.q.at(b, h, row), key = of.k.at(b, h, row), log = of.l.first == nullptr ? 0 : of.l.at(b, h, row);
#pragma unroll
    for (int j = 0; j < rows; j++) S[j] = column == nullptr ? 0 : column[static_cast<long long>(min(begin + j, of.K - 1)) * of.V];
    q = is ? query : 0;
    k = is ? take * key : 0;
    d = fade * (of.l.first == nullptr ? 1 : exponential(log));
  }
};

template <Kind kind, int rows>
__device__ __forceinline__ void step(const Arguments& given) {
  __shared__ state keys[warps][lanes], queries[warps][lanes], products[warps];
  constexpr int stride = warps * rows;
  const int lane = threadIdx.x % lanes, warp = threadIdx.x / lanes;
  const int tile = blockIdx.x % given.tiles, head = blockIdx.x / given.tiles, h = head % given.H, b = head / given.H;
  const int x = tile * lanes + lane, within = min(x, given.V - 1);
  const long long at = static_cast<long long>(head) * given.K * given.V + within;
  const state* column = given.initial == nullptr || (given.starts != nullptr && given.starts[b] != 0) ? nullptr : given.initial + at;
  const state v = given.v.at(b, h, within), beta = kind == of_delta ? given.beta.at(b, h, 0) : 0;

  state fade = 1, take = 1;
  if (kind == of_scaled) {
    const double i = given.input.at(b, h, 0), before = column == nullptr ? i : given.forget.at(b, h, 0) + given.scales[head];
    const double m = larger(before, i), unit = m < lowest ? 0 : m;
    fade = exponential(static_cast<state>(before - unit));
    take = exponential(static_cast<state>(i - unit));
    if (tile == 0 && threadIdx.x == 0) {
      given.units[head] = unit;
      given.last_scales[head] = m;
    }
  }

  Part<rows> part;
  int last = warp * rows - stride;
  state key = 0, query = 0, product = 0;
  for (int begin = warp * rows; begin < given.K; begin += stride) {
    part.read(given, b, h, begin, lane, column, fade, take);
    product += part.q * part.k;
#pragma unroll
    for (int j = 0; j < rows; j++) {
      const state S = __shfl_sync(every_lane, part.d, j) * part.S[j];
      query += S * __shfl_sync(every_lane, part.q, j);
      if (kind == of_delta) key += S * __shfl_sync(every_lane, part.k, j);
    }
    last = begin;
  }
  keys[warp][lane] = key;
  queries[warp][lane] = query;
  product = sum(product);
  if (lane == 0) products[warp] = product;
  __syncthreads();
  key = query = product = 0;
#pragma unroll
  for (int w = 0; w < warps; w++) {
    key += keys[w][lane];
    query += queries[w][lane];
    product += products[w];
  }
  const state u = kind == of_delta ? beta * (v - key) : v;
  if (warp == 0 && x < given.V) store(given.y + static_cast<long long>(head) * given.V + x, query + product * u);

  // back from the rows that are here still
  for (int begin = last; begin >= 0; begin -= stride) {
    if (begin != last) part.read(given, b, h, begin, lane, column, fade, take);
#pragma unroll
    for (int j = 0; j < rows; j++) {
      const state S = __shfl_sync(every_lane, part.d, j) * part.S[j] + __shfl_sync(every_lane, part.k, j) * u;
      if (begin + j < given.K && x < given.V) store(given.last + at + static_cast<long long>(begin + j) * given.V, S);
    }
  }
}

extern "C" __global__ void __launch_bounds__(threads, 2) outer_8(const Arguments given) { step<of_outer, 8>(given); }
extern "C" __global__ void __launch_bounds__(threads, 2) outer_16(const Arguments given) { step<of_outer, 16>(given); }
extern "C" __global__ void __launch_bounds__(threads, 2) outer_32(const Arguments given) { step<of_outer, 32>(given); }
extern "C" __global__ void __launch_bounds__(threads, 2) scaled_8(const Arguments given) { step<of_scaled, 8>(given); }
extern "C" __global__ void __launch_bounds__(threads, 2) scaled_16(const Arguments given) { step<of_scaled, 16>(given); }
extern "C" __global__ void __launch_bounds__(threads, 2) scaled_32(const Arguments given) { step<of_scaled, 32>(given); }
extern "C" __global__ void __launch_bounds__(threads, 2) delta_8(const Arguments given) { step<of_delta, 8>(given); }
extern "C" __global__ void __launch_bounds__(threads, 2) delta_16(const Arguments given) { step<of_delta, 16>(given); }
extern "C" __global__ void __launch_bounds__(threads, 2) delta_32(const Arguments given) { step<of_delta, 32>(given); }
