// A norm of each head and a gate, forward and backward: a head of a token is held in the registers of a warp, or of a block where it is wide. With n the norm of u, r its
// factor, a the gate and g the gradient to y,
//   y = w n a                                      u = x, or y = w n with u = a x
//   dn = g w a        du = r (dn - mean(dn n) n - mean(dn) where it is centred)
// Given by macros, beside those of sequence.cuh: GROUP, the threads of a head, 32 or 256; PER_LANE, at least V / GROUP; and how memory holds the rest where STORED is for x:
// GATE for z, WEIGHT for w and y.
#include "sequence.cuh"

typedef GATE gate_stored;
typedef WEIGHT weight_stored;

constexpr int lanes = 32, threads = 256, warps = threads / lanes, group = GROUP, heads = threads / group;
constexpr unsigned every_lane = 0xFFFFFFFF;
constexpr int silu_after = 0, sigmoid_after = 1, silu_before = 2;  // as NormGate has them

// [B, T, H, V], the last axis side by side.
template <class Element>
struct Heads {
  const Element* first;
  long long row, token, head;

  __device__ __forceinline__ const Element* at(long long tokens, int T, int h) const { return first + tokens / T * row + tokens % T * token + h * head; }
};

struct Arguments {
  Heads<stored> x;
  Heads<gate_stored> z;
  const weight_stored* weight;  // [H V]
  weight_stored* y;             // [B, T, H V]
  const weight_stored* g;       // [B, T, H V], the gradient to y
  stored* gx;                   // [B, T, H, V]
  gate_stored* gz;              // [B, T, H, V]
  state* gw;                    // [blocks along x, H V]
  long long tokens;             // B T
  int T, H, V, gate, centred;
  state epsilon;
};

// Of the threads of a head: over lanes, then warps, in the same order at every run.
template <class Combine>
__device__ __forceinline__ state together(state x, Combine combine) {
  __shared__ state of_warps[warps];
#pragma unroll
  for (int mask = lanes / 2; mask > 0; mask /= 2) x = combine(x, __shfl_xor_sync(every_lane, x, mask));
  if (group == lanes) return x;
  // who is late may still read those before
  __syncthreads();
  if (threadIdx.x % lanes == 0) of_warps[threadIdx.x / lanes] = x;
  __syncthreads();
  x = of_warps[0];
#pragma unroll
  for (int warp = 1; warp < warps; warp++) x = combine(x, of_warps[warp]);
  return x;
}

__device__ __forceinline__ state sum(state x) {
  return together(x, [](state one, state other) { return one + other; });
}

__device__ __forceinline__ state largest(state x) {
  return together(x, [](state one, state other) { return other > one ? other : one; });
}

__device__ __forceinline__ state root_of(float x) { return sqrtf(x); }
__device__ __forceinline__ double root_of(double x) { return sqrt(x); }

__device__ __forceinline__ state sigmoid(state x) {
  state p, others;
  gates(x, p, others);
  return p;
}

struct Head {
  state x[PER_LANE], z[PER_LANE], n[PER_LANE], r;

  // Squares are of u beside its largest value: they do not overflow where u does not.
  __device__ __forceinline__ Head(const Arguments& given, long long token, int h, int lane) {
    const stored* xs = given.x.at(token, given.T, h);
    const gate_stored* zs = given.z.at(token, given.T, h);
#pragma unroll
    for (int i = 0; i < PER_LANE; i++) {
      const int v = min(i * group + lane, given.V - 1);
      x[i] = load(xs + v);
      z[i] = load(zs + v);
    }

    state total = 0, most = 1;
#pragma unroll
    for (int i = 0; i < PER_LANE; i++) {
      n[i] = inside(given, i, lane) ? given.gate == silu_before ? x[i] * z[i] * sigmoid(z[i]) : x[i] : 0;
      total += n[i];
      most = max(most, n[i] < 0 ? -n[i] : n[i]);
    }

    const state mean = given.centred ? sum(total) / given.V : 0, scale = 1 / largest(most);
    state squares = 0;
#pragma unroll
    for (int i = 0; i < PER_LANE; i++) {
      const state small = inside(given, i, lane) ? (n[i] - mean) * scale : 0;
      squares += small * small;
    }

    r = scale / root_of(sum(squares) / given.V + given.epsilon * scale * scale);
#pragma unroll
    for (int i = 0; i < PER_LANE; i++) n[i] = (n[i] - mean) * r;
  }

  __device__ static __forceinline__ bool inside(const Arguments& given, int i, int lane) { return i * group + lane < given.V; }
};

extern "C" __global__ void __launch_bounds__(threads) forward(Arguments given) {
  const int lane = threadIdx.x % group;
  const long long at = static_cast<long long>(blockIdx.x) * heads + threadIdx.x / group, token = at / given.H;
  const int h = at % given.H;
  if (token >= given.tokens) return;
  const Head head(given, token, h, lane);
#pragma unroll
  for (int i = 0; i < PER_LANE; i++) {
    const int v = i * group + lane;
    if (v >= given.V) break;
    const state s = sigmoid(head.z[i]), a = given.gate == silu_after ? head.z[i] * s : given.gate == sigmoid_after ? s : 1;
    store(given.y + at * given.V + v, head.n[i] * load(given.weight + h * given.V + v) * a);
  }
}

// A block takes the tokens of a stretch of one head, a warp every eighth of them or all of it each, so that the gradient to w is a sum in registers, then one over warps in
// their order.
extern "C" __global__ void __launch_bounds__(threads) backward(Arguments given) {
  __shared__ state of_heads[heads][group];
  const int lane = threadIdx.x % group, part_of_block = threadIdx.x / group, h = blockIdx.y;
  const long long stretch = (given.tokens + gridDim.x - 1) / gridDim.x, end = min(given.tokens, (blockIdx.x + 1) * stretch);
  state gw[PER_LANE], w[PER_LANE];
#pragma unroll
  for (int i = 0; i < PER_LANE; i++) {
    gw[i] = 0;
    w[i] = load(given.weight + h * given.V + min(i * group + lane, given.V - 1));
  }

  for (long long token = blockIdx.x * stretch + part_of_block; token < end; token += heads) {
    const Head head(given, token, h, lane);
    const long long at = (token * given.H + h) * given.V;
    state d[PER_LANE], total = 0, along = 0;
#pragma unroll
    for (int i = 0; i < PER_LANE; i++) d[i] = load(given.g + at + min(i * group + lane, given.V - 1));
#pragma unroll
    for (int i = 0; i < PER_LANE; i++) {
      const int v = i * group + lane;
      state g = Head::inside(given, i, lane) ? d[i] : 0;
      if (given.gate != silu_before) {
        const state z = head.z[i], s = sigmoid(z), slope = given.gate == silu_after ? s * (z * (1 - s) + 1) : s * (1 - s);
        if (v < given.V) store(given.gz + at + v, g * w[i] * head.n[i] * slope);
        g *= given.gate == silu_after ? z * s : s;
      }
      gw[i] += g * head.n[i];
      d[i] = g * w[i];
      total += d[i];
      along += d[i] * head.n[i];
    }

    const state mean = given.centred ? sum(total) / given.V : 0, part = sum(along) / given.V;
#pragma unroll
    for (int i = 0; i < PER_LANE; i++) {
      const int v = i * group + lane;
      if (v >= given.V) break;
      state du = head.r * (d[i] - mean - part * head.n[i]);
      if (given.gate == silu_before) {
        const state z = head.z[i], s = sigmoid(z);
        store(given.gz + at + v, du * head.x[i] * s * (z * (1 - s) + 1));
        du *= z * s;
      }
      store(given.gx + at + v, du);
    }
  }

#pragma unroll
  for (int i = 0; i < PER_LANE; i++) {
    of_heads[part_of_block][lane] = gw[i];
    __syncthreads();
    const int v = i * group + lane;
    if (part_of_block == 0 && v < given.V) {
      state all = 0;
      for (int other = 0; other < heads; other++) all += of_heads[other][lane];
      given.gw[(static_cast<long long>(blockIdx.x) * given.H + h) * given.V + v] = all;
    }
    __syncthreads();
  }
}
