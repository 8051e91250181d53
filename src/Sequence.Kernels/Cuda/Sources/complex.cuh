// Complex numbers, in memory as two tensors of their parts.
#pragma once
#include "sequence.cuh"

struct value {
  state re, im;
};

// [B, T, D]; a gradient that is missing is zero.
struct Numbers {
  Tokens<stored> re, im;

  __device__ __forceinline__ value load(int row, int t, int channel) const {
    return {re.none() ? 0 : ::load(re.at(row, t, channel)), im.none() ? 0 : ::load(im.at(row, t, channel))};
  }

  __device__ __forceinline__ void store(int row, int t, int channel, value x) const {
    ::store(re.at(row, t, channel), x.re);
    ::store(im.at(row, t, channel), x.im);
  }
};

// A state of [2, B, D], each part of so many numbers.
__device__ __forceinline__ value state_at(const state* states, long long at, long long numbers) { return {states[at], states[numbers + at]}; }

__device__ __forceinline__ void set_state(state* states, long long at, long long numbers, value x) {
  states[at] = x.re;
  states[numbers + at] = x.im;
}

__device__ __forceinline__ value number(state x) { return {x, 0}; }
__device__ __forceinline__ value conjugate(value x) { return {x.re, -x.im}; }
__device__ __forceinline__ value operator+(value x, value y) { return {x.re + y.re, x.im + y.im}; }
__device__ __forceinline__ value operator*(value x, value y) { return {x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re}; }
__device__ __forceinline__ value fused(value a, value h, value b) { return {a.re * h.re - a.im * h.im + b.re, a.re * h.im + a.im * h.re + b.im}; }
