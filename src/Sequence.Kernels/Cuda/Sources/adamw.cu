// AdamW (arXiv 1711.05101) in one pass over memory, many parameters a launch, those of a launch along the grid's second axis:
//   m = b1 m + (1 - b1) g        v = b2 v + (1 - b2) g^2        p = (1 - a w) p - a / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + e)
// Given by a macro, beside those of sequence.cuh: PARAMETERS, the most of a launch.
#include "sequence.cuh"

struct Parameter {
  state* p;
  const state* g;
  state *m, *v;
  long long count;
  state kept, step, root;  // 1 - a w, -a / (1 - b1^t), 1 / sqrt(1 - b2^t)
};

struct Arguments {
  state b1, c1, b2, c2, epsilon;  // c = 1 - b
  Parameter parameters[PARAMETERS];
};

__device__ __forceinline__ float root_of(float x) { return sqrtf(x); }
__device__ __forceinline__ double root_of(double x) { return sqrt(x); }

extern "C" __global__ void __launch_bounds__(256) update(const Arguments given) {
  const Parameter& of = given.parameters[blockIdx.y];
  const long long stride = static_cast<long long>(gridDim.x) * blockDim.x;
  for (long long i = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; i < of.count; i += stride) {
    const state g = of.g[i], p = of.p[i];
    const state m = given.b1 * of.m[i] + given.c1 * g, v = given.b2 * of.v[i] + given.c2 * g * g;
    of.m[i] = m;
    of.v[i] = v;
    of.p[i] = of.kept * p + of.step * (m / (root_of(v) * of.root + given.epsilon));
  }
}
