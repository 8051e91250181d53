// Scores inside chunks under one decay a head, and their gradients: a block a matrix. Token j reaches a later token i, and itself, where no document starts between them:
//   e_ij = exp(r_i + c_j) where j reaches i, else 0        P = s e        gs = gP e        gr_i = sum_j gP_ij P_ij        gc_j = sum_i gP_ij P_ij
// Given by macros, beside those of sequence.cuh: SIDE_BY_SIDE, whether the numbers of a thread lie so; C is then a multiple of them.
#include "logs.cuh"
#include "sequence.cuh"

constexpr int lanes = 16, each = 4, most = lanes * each;  // of a row: so many threads, of so many numbers
constexpr int warps = 8, threads = 32 * warps, rows = threads / lanes, turns = most / rows;

struct alignas(16) Numbers {
  state x[each];
};

struct Arguments {
  Logs r, c;
  const state* s;                            // [B, n, H, C, C] by steps: heads may share it
  long long s_row, s_chunk, s_head;
  const long long* begun;                    // [B, n, C]: starts of the chunk up to each token; none where there are none
  state* P;                                  // [B, n, H, C, C], as those that follow
  const state* g;                            // the gradient to P
  state* gs;
  double *gr, *gc;                           // [B, n, H, C]
  int n, H, C;
};

// Sixteen bytes at a time, which the compiler does not make of the four by itself.
#ifdef SEQUENCE_EMULATED
__device__ __forceinline__ void write(state* at, state a, state b, state c, state d) { *reinterpret_cast<Numbers*>(at) = {a, b, c, d}; }
#else
__device__ __forceinline__ void write(float* at, float a, float b, float c, float d) {
  asm volatile("st.global.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(at), "f"(a), "f"(b), "f"(c), "f"(d) : "memory");
}
__device__ __forceinline__ void write(double* at, double a, double b, double c, double d) {
  asm volatile("st.global.v2.f64 [%0], {%1, %2};" ::"l"(at), "d"(a), "d"(b) : "memory");
  asm volatile("st.global.v2.f64 [%0], {%1, %2};" ::"l"(at + 2), "d"(c), "d"(d) : "memory");
}
#endif

// What the threads of a block share.
struct Shared {
  double r[most], c[most];
  int begun[most];
};

// Of B n H, and where a thread is in it.
struct Matrix {
  int b, chunk, h, C, lane, row;

  __device__ __forceinline__ explicit Matrix(const Arguments& given)
      : b(blockIdx.x / given.H / given.n), chunk(blockIdx.x / given.H % given.n), h(blockIdx.x % given.H), C(given.C), lane(threadIdx.x % lanes), row(threadIdx.x / lanes) {}

  __device__ __forceinline__ void share(const Arguments& given, Shared& shared) const {
    const int i = threadIdx.x;
    if (i < C) {
      shared.r[i] = given.r.first[b * given.r.row + chunk * given.r.chunk + h * given.r.head + i * given.r.next];
      shared.c[i] = given.c.first[b * given.c.row + chunk * given.c.chunk + h * given.c.head + i * given.c.next];
      shared.begun[i] = given.begun == nullptr ? 0 : static_cast<int>(given.begun[(static_cast<long long>(b) * given.n + chunk) * C + i]);
    }
    __syncthreads();
  }

  __device__ __forceinline__ const state* scores(const Arguments& given) const { return given.s + b * given.s_row + chunk * given.s_chunk + h * given.s_head; }
  __device__ __forceinline__ long long first_row() const { return static_cast<long long>(blockIdx.x) * C; }
  __device__ __forceinline__ int i(int turn) const { return turn * rows + row; }
  __device__ __forceinline__ int j(int number) const { return SIDE_BY_SIDE ? lane * each + number : number * lanes + lane; }

  // What lies right of the diagonal is not needed: the last that is, is read in its place.
  __device__ __forceinline__ Numbers read(const state* matrix, int turn) const {
    const int i_row = min(i(turn), C - 1);
    const state* of_row = matrix + i_row * C;
#if SIDE_BY_SIDE
    return *reinterpret_cast<const Numbers*>(of_row + min(lane, i_row / each) * each);
#else
    Numbers read;
#pragma unroll
    for (int number = 0; number < each; number++) read.x[number] = of_row[min(j(number), i_row)];
    return read;
#endif
  }

  __device__ __forceinline__ void write(state* matrix, int turn, const Numbers& values) const {
    if (i(turn) >= C) return;
    state* of_row = matrix + i(turn) * C;
#if SIDE_BY_SIDE
    if (lane * each < C) ::write(of_row + lane * each, values.x[0], values.x[1], values.x[2], values.x[3]);
#else
#pragma unroll
    for (int number = 0; number < each; number++) {
      if (j(number) < C) of_row[j(number)] = values.x[number];
    }
#endif
  }

  __device__ __forceinline__ state factor(int turn, int number, const Shared& shared) const {
    const int to = min(i(turn), C - 1), from = min(j(number), C - 1);
    const bool reaches = j(number) <= to && i(turn) < C && shared.begun[to] == shared.begun[from];
    const state e = exponential(static_cast<state>(reaches ? shared.r[to] + shared.c[from] : 0));
    return reaches ? e : 0;
  }
};

extern "C" __global__ void __launch_bounds__(threads) forward(const Arguments given) {
  __shared__ Shared shared;
  const Matrix matrix(given);
  const state* const of_matrix = matrix.scores(given);
  Numbers s[turns];
#pragma unroll
  for (int turn = 0; turn < turns; turn++) s[turn] = matrix.read(of_matrix, turn);
  matrix.share(given, shared);
#pragma unroll
  for (int turn = 0; turn < turns; turn++) {
#pragma unroll
    for (int number = 0; number < each; number++) {
      const state e = matrix.factor(turn, number, shared);
      s[turn].x[number] = e == 0 ? 0 : s[turn].x[number] * e;
    }
    matrix.write(given.P + matrix.first_row() * matrix.C, turn, s[turn]);
  }
}

// Sums are of float64, whatever is summed: gradients to sums of log-decays are small differences of them.
extern "C" __global__ void __launch_bounds__(threads) backward(const Arguments given) {
  __shared__ Shared shared;
  __shared__ double of_warps[warps][most];
  const Matrix matrix(given);
  const state* const of_matrix = matrix.scores(given);
  const long long at = matrix.first_row() * matrix.C;
  Numbers s[turns], g[turns];
#pragma unroll
  for (int turn = 0; turn < turns; turn++) {
    s[turn] = matrix.read(of_matrix, turn);
    g[turn] = matrix.read(given.g + at, turn);
  }
  matrix.share(given, shared);
  double gc[each] = {}, gr[turns] = {};
#pragma unroll
  for (int turn = 0; turn < turns; turn++) {
#pragma unroll
    for (int number = 0; number < each; number++) {
      const state e = matrix.factor(turn, number, shared), gs = e == 0 ? 0 : g[turn].x[number] * e;
      const double w = e == 0 ? 0 : gs * s[turn].x[number];
      g[turn].x[number] = gs;
      gr[turn] += w;
      gc[number] += w;
    }
    matrix.write(given.gs + at, turn, g[turn]);
  }
#pragma unroll
  for (int mask = lanes / 2; mask > 0; mask /= 2) {
#pragma unroll
    for (int turn = 0; turn < turns; turn++) gr[turn] += __shfl_xor_sync(0xFFFFFFFF, gr[turn], mask);
  }
#pragma unroll
  for (int number = 0; number < each; number++) {
    gc[number] += __shfl_xor_sync(0xFFFFFFFF, gc[number], lanes);
    if (threadIdx.x % 32 < lanes) of_warps[threadIdx.x / 32][matrix.j(number)] = gc[number];
  }
#pragma unroll
  for (int turn = 0; turn < turns; turn++) {
    if (matrix.lane == 0 && matrix.i(turn) < matrix.C) given.gr[matrix.first_row() + matrix.i(turn)] = gr[turn];
  }
  __syncthreads();
  if (threadIdx.x < matrix.C) {
    double sum = 0;
#pragma unroll
    for (int warp = 0; warp < warps; warp++) sum += of_warps[warp][threadIdx.x];
    given.gc[matrix.first_row() + threadIdx.x] = sum;
  }
}
