// The log scales of a chunked recurrence, a warp a head: it walks over the chunks, and the logarithms of the next one are on their way while those of one are taken.
//   m_(c+1) = max(l_c + m_c, max_j leaving_j)        m_i = max(A_i + max(i_j - A_j over tokens j that reach i), entering_i + m_c)
// A lane has the tokens of a chunk that are its number and 32 more. A NaN stays one.
#include "logs.cuh"
#include "sequence.cuh"

constexpr int lanes = 32, halves = 2;
constexpr unsigned every_lane = 0xFFFFFFFF;
constexpr double lowest = -1.7976931348623157e308;

struct Arguments {
  Logs A, i, entering, leaving;  // [B, n, H, C, 1]
  Logs carried;                  // l, [B, n, H, 1, 1]
  const long long* begun;        // [B, n, C]: starts of the chunk up to each token; none where there are none
  const double* initial;         // [B, H]
  double* tokens;                // [B, n, H, C]; zero for minus infinity, as in after
  double *before, *after;        // [B, n, H]
  double* last;                  // [B, H]
  int n, H, C;
};

__device__ __forceinline__ double larger(double x, double y) { return x != x || x > y ? x : y; }

__device__ __forceinline__ double largest(double x) {
#pragma unroll
  for (int mask = lanes / 2; mask > 0; mask /= 2) x = larger(x, __shfl_xor_sync(every_lane, x, mask));
  return x;
}

// Of a lane and those before it whose documents are the same.
__device__ __forceinline__ double largest_so_far(double x, int document, int lane) {
#pragma unroll
  for (int by = 1; by < lanes; by *= 2) {
    const double other = __shfl_up_sync(every_lane, x, by);
    const int of_other = __shfl_up_sync(every_lane, document, by);
    if (lane >= by && of_other == document) x = larger(x, other);
  }
  return x;
}

struct Chunk {
  double A[halves], i[halves], entering[halves], leaving[halves], carried;
  long long begun[halves];

  __device__ __forceinline__ void read(const Arguments& of, int b, int h, int chunk, int lane) {
    chunk = min(chunk, of.n - 1);
    const auto at = [&](const Logs& logs, int token) { return logs.first[b * logs.row + chunk * logs.chunk + h * logs.head + token * logs.next]; };
#pragma unroll
    for (int half = 0; half < halves; half++) {
      const int token = min(half * lanes + lane, of.C - 1);
      A[half] = at(of.A, token);
      i[half] = at(of.i, token);
      entering[half] = at(of.entering, token);
      leaving[half] = at(of.leaving, token);
      begun[half] = of.begun == nullptr ? 0 : of.begun[(static_cast<long long>(b) * of.n + chunk) * of.C + token];
    }
    carried = at(of.carried, 0);
  }
};

extern "C" __global__ void __launch_bounds__(lanes) scales(const Arguments given) {
  const int lane = threadIdx.x, h = blockIdx.x % given.H, b = blockIdx.x / given.H;
  const auto finite = [](double m) { return m < lowest ? 0 : m; };
  double m = given.initial[blockIdx.x];
  Chunk next;
  next.read(given, b, h, 0, lane);
  for (int chunk = 0; chunk < given.n; chunk++) {
    const Chunk now = next;
    next.read(given, b, h, chunk + 1, lane);
    const long long at = (static_cast<long long>(b) * given.n + chunk) * given.H + h;
    double inside[halves];
#pragma unroll
    for (int half = 0; half < halves; half++) inside[half] = largest_so_far(now.i[half] - now.A[half], static_cast<int>(now.begun[half]), lane);
    const double of_first = __shfl_sync(every_lane, inside[0], lanes - 1);
    if (__shfl_sync(every_lane, static_cast<int>(now.begun[0]), lanes - 1) == static_cast<int>(now.begun[1])) inside[1] = larger(of_first, inside[1]);
#pragma unroll
    for (int half = 0; half < halves; half++) {
      const int token = half * lanes + lane;
      if (token < given.C) given.tokens[at * given.C + token] = finite(larger(now.A[half] + inside[half], now.entering[half] + m));
    }
    const double then = larger(now.carried + m, largest(larger(now.leaving[0], now.leaving[1])));
    if (lane == 0) {
      given.before[at] = m;
      given.after[at] = finite(then);
    }
    m = then;
  }
  if (lane == 0) given.last[blockIdx.x] = m;
}
