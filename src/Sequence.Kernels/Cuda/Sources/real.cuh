// The numbers of a real recurrence, under the names that complex.cuh has for complex ones.
#pragma once
#include "sequence.cuh"

typedef state value;

// [B, T, D]; a complex tensor has another of imaginary parts.
struct Numbers {
  Tokens<stored> tokens, no_other;

  __device__ __forceinline__ value load(int row, int t, int channel) const { return ::load(tokens.at(row, t, channel)); }
  __device__ __forceinline__ void store(int row, int t, int channel, value x) const { ::store(tokens.at(row, t, channel), x); }
};

// A state of [B, D], of so many numbers.
__device__ __forceinline__ value state_at(const state* states, long long at, long long) { return states[at]; }
__device__ __forceinline__ void set_state(state* states, long long at, long long, value x) { states[at] = x; }

__device__ __forceinline__ value number(state x) { return x; }
__device__ __forceinline__ value conjugate(value x) { return x; }
__device__ __forceinline__ value fused(value a, value h, value b) { return a * h + b; }
