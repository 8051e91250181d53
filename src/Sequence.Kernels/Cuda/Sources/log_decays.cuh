// a = e^l, and b as it is. Of an l that tokens share the gradient is written in full precision, to be summed.
#pragma once
#include "real.cuh"

struct Input {
  Tokens<stored> l, b, gl, gb;
  Tokens<state> gl_wide;

  // What memory holds of a token: all of it, and what the gradients need.
  struct Token {
    state l, b;
  };
  struct Factor {
    state l;
  };

  __device__ __forceinline__ Token token(int row, int t, int channel) const { return {load(l.at(row, t, channel)), load(b.at(row, t, channel))}; }
  __device__ __forceinline__ Factor factor(int row, int t, int channel) const { return {load(l.at(row, t, channel))}; }

  __device__ __forceinline__ void read(const Token& of, state& a, state& b_t) const {
    a = exponential(of.l);
    b_t = of.b;
  }

  __device__ __forceinline__ state decay(const Factor& of) const { return exponential(of.l); }

  // Takes the gradients to a and b.
  __device__ __forceinline__ void write(int row, int t, int channel, const Factor& of, state ga, state gb_t) const {
    const state gl_t = decay(of) * ga;
    if (gl_wide.none())
      store(gl.at(row, t, channel), gl_t);
    else
      store(gl_wide.at(row, t, channel), gl_t);
    store(gb.at(row, t, channel), gb_t);
  }
};
