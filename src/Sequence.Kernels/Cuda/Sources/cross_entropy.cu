// The cross-entropy of a softmax over V classes, rows [N, V]; with y the target of a row and L = log sum_v e^(z_v)
//   loss = L - z_y        grad z_v = s (e^(z_v) / sum_v e^(z_v) - [v = y])
// Ignored rows have neither. A target that is no class makes NaN of its row: the host does not wait to look. A row has 32 threads or 256, of which each has some of its
// logits on their way before the first is used; sums are over a thread's own, then lanes, then warps, in the same order at every run.
#include "sequence.cuh"

constexpr int lanes = 32, threads = 256, warps = threads / lanes, together = 8;
constexpr unsigned every_lane = 0xFFFFFFFF;
constexpr state lowest = static_cast<state>(sizeof(state) == sizeof(double) ? -1.7976931348623157e308 : -3.4028234663852886e38);

struct Arguments {
  const stored* z;           // [N, V]
  const long long* targets;  // [N]
  double* losses;            // [N]
  state* shares;             // [N, 2]: the largest logit, and 1 / sum_v e^(z_v - largest)
  double* scale;             // s
  state* loss;               // of all rows, or none
  const state* g;            // the gradient to it; none for 1
  stored* gradient;          // [N, V], or the logits themselves
  long long N, V, ignored;
  int is_mean;
};

// sum_v e^(z_v) as e^top times a sum of numbers up to 1. A NaN stays one.
struct Powers {
  state top, sum;

  __device__ __forceinline__ static state larger(state x, state y) { return x != x || x > y ? x : y; }

  __device__ __forceinline__ void add(Powers other) {
    const state most = larger(top, other.top);
    sum = sum * exponential(top - most) + other.sum * exponential(other.top - most);
    top = most;
  }

  __device__ __forceinline__ void over_lanes() {
#pragma unroll
    for (int mask = lanes / 2; mask > 0; mask /= 2) add({__shfl_xor_sync(every_lane, top, mask), __shfl_xor_sync(every_lane, sum, mask)});
  }
};

// Threads of a row, and which one this is.
template <int size>
struct Group {
  long long row;
  int member;

  __device__ __forceinline__ Group() : row(static_cast<long long>(blockIdx.x) * (threads / size) + threadIdx.x / size), member(threadIdx.x % size) {}
};

template <int size>
__device__ __forceinline__ void add_losses(const Arguments& given) {
  __shared__ Powers of_warps[warps];
  const Group<size> group;
  if (group.row >= given.N) return;
  const long long target = given.targets[group.row];
  if (target == given.ignored) {
    if (group.member == 0) given.losses[group.row] = 0;
    return;
  }

  const stored* z = given.z + group.row * given.V;
  Powers all = {lowest, 0};
  for (long long begin = group.member; begin < given.V; begin += size * together) {
    state x[together];
#pragma unroll
    for (int i = 0; i < together; i++) x[i] = load(z + min(begin + i * size, given.V - 1));
    state top = all.top;
#pragma unroll
    for (int i = 0; i < together; i++) top = Powers::larger(x[i], top);
    all = {top, all.sum * exponential(all.top - top)};
#pragma unroll
    for (int i = 0; i < together; i++) all.sum += begin + i * size < given.V ? exponential(x[i] - top) : 0;
  }

  all.over_lanes();
  if (size > lanes) {
    if (threadIdx.x % lanes == 0) of_warps[threadIdx.x / lanes] = all;
    __syncthreads();
    all = of_warps[0];
#pragma unroll
    for (int warp = 1; warp < warps; warp++) all.add(of_warps[warp]);
  }

  if (group.member != 0) return;
  const bool is_class = target >= 0 && target < given.V;
  const state nothing = 0, wanted = is_class ? load(z + target) : nothing / nothing;
  given.losses[group.row] = log(static_cast<double>(all.sum)) + all.top - wanted;
  given.shares[2 * group.row] = all.top;
  given.shares[2 * group.row + 1] = is_class ? 1 / all.sum : wanted;
}

// s and, where it is wanted, the loss of all rows.
extern "C" __global__ void __launch_bounds__(threads) total(const Arguments given) {
  __shared__ double losses[threads];
  __shared__ long long counts[threads];
  double loss = 0;
  long long count = 0;
  for (long long row = threadIdx.x; row < given.N; row += threads) {
    count += given.targets[row] != given.ignored;
    if (given.loss != nullptr) loss += given.losses[row];
  }

  losses[threadIdx.x] = loss;
  counts[threadIdx.x] = count;
  for (int half = threads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x >= half) continue;
    losses[threadIdx.x] += losses[threadIdx.x + half];
    counts[threadIdx.x] += counts[threadIdx.x + half];
  }

  if (threadIdx.x != 0) return;
  const double scale = given.is_mean ? 1 / static_cast<double>(counts[0]) : 1;
  *given.scale = scale;
  if (given.loss != nullptr) *given.loss = static_cast<state>(scale * losses[0]);
}

// A logit is read by the thread that writes its gradient, which may be in its place.
template <int size>
__device__ __forceinline__ void differentiate(const Arguments& given) {
  const Group<size> group;
  if (group.row >= given.N) return;
  const long long target = given.targets[group.row];
  const bool is_ignored = target == given.ignored;
  const double scale = *given.scale * (given.g == nullptr ? 1 : static_cast<double>(*given.g));
  const state top = is_ignored ? 0 : given.shares[2 * group.row], share = is_ignored ? 0 : static_cast<state>(scale) * given.shares[2 * group.row + 1];
  const stored* z = given.z + group.row * given.V;
  stored* gradient = given.gradient + group.row * given.V;
  for (long long begin = group.member; begin < given.V; begin += size * together) {
    state x[together];
#pragma unroll
    for (int i = 0; i < together; i++) x[i] = load(z + min(begin + i * size, given.V - 1));
#pragma unroll
    for (int i = 0; i < together; i++) {
      const long long v = begin + i * size;
      if (v >= given.V) break;
      // not from its share, of which 1 would leave few digits
      const state of_target = v == target ? static_cast<state>(scale * (exp(-given.losses[group.row]) - 1)) : 0;
      store(gradient + v, is_ignored ? 0 : v == target ? of_target : share * exponential(x[i] - top));
    }
  }
}

extern "C" __global__ void __launch_bounds__(threads) losses_32(const Arguments given) { add_losses<lanes>(given); }
extern "C" __global__ void __launch_bounds__(threads) losses_256(const Arguments given) { add_losses<threads>(given); }
extern "C" __global__ void __launch_bounds__(threads) gradients_32(const Arguments given) { differentiate<lanes>(given); }
extern "C" __global__ void __launch_bounds__(threads) gradients_256(const Arguments given) { differentiate<threads>(given); }
