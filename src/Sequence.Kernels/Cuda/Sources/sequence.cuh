// What every kernel here shares: element types, tensors [B, T, D] in memory, and functions of one number.
// Given by macros: STORED, how memory holds inputs and outputs (float, double or bfloat16), and STATE, what is computed in (float or double).
#pragma once

struct bfloat16 {
  unsigned short bits;
};

typedef STORED stored;
typedef STATE state;

__device__ __forceinline__ float load(const float* at) { return *at; }
__device__ __forceinline__ double load(const double* at) { return *at; }
__device__ __forceinline__ float load(const bfloat16* at) { return __uint_as_float(static_cast<unsigned>(at->bits) << 16); }

__device__ __forceinline__ void store(float* at, float value) { *at = value; }
__device__ __forceinline__ void store(double* at, double value) { *at = value; }

// To the nearest, halves to even; a NaN stays one.
__device__ __forceinline__ void store(bfloat16* at, float value) {
  const unsigned bits = __float_as_uint(value);
  at->bits = static_cast<unsigned short>(value == value ? (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16 : 0x7FC0);
}

// [B, T, D]: the channels of a token lie side by side, tokens and rows anyhow; one of them may stand for all. As CudaTokens has it.
template <class T>
struct Tokens {
  T* first;
  long long row, token;

  __device__ __forceinline__ bool none() const { return first == nullptr; }
  __device__ __forceinline__ T* at(int b, int t, int channel) const { return first + b * row + t * token + channel; }
};

// As TokenMark has it.
constexpr unsigned char no_mark = 0, document_start = 1, padding = 2;

__device__ __forceinline__ float exponential(float x) { return expf(x); }
__device__ __forceinline__ double exponential(double x) { return exp(x); }
// 2^x, in float32 by one instruction: within 2 ulp, and zero where the result is no normal number.
constexpr state log2_e = static_cast<state>(1.4426950408889634);
#ifdef SEQUENCE_EMULATED
__device__ __forceinline__ float power_of_two(float x) { return exp2f(x); }
#else
__device__ __forceinline__ float power_of_two(float x) {
  float power;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(x));
  return power;
}
#endif
__device__ __forceinline__ double power_of_two(double x) { return exp2(x); }
__device__ __forceinline__ float softplus(float x) { return fmaxf(x, 0) + log1pf(expf(-fabsf(x))); }
__device__ __forceinline__ double softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }
__device__ __forceinline__ void sine_cosine(float x, float& sine, float& cosine) { sincosf(x, &sine, &cosine); }
__device__ __forceinline__ void sine_cosine(double x, double& sine, double& cosine) { sincos(x, &sine, &cosine); }

// sigmoid(x) and 1 - sigmoid(x), neither by a difference that would lose digits.
template <class T>
__device__ __forceinline__ void gates(T x, T& p, T& others) {
  const T e = exponential(x < 0 ? x : -x), larger = 1 / (1 + e), smaller = e / (1 + e);
  p = x < 0 ? smaller : larger;
  others = x < 0 ? larger : smaller;
}
