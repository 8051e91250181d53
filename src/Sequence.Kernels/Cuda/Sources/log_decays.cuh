// a = e^l, and b as it is. Of an l that tokens share the gradient is written in full precision, to be summed.
#pragma once
#include "sequence.cuh"

struct Input {
  Tokens<stored> l, b, gl, gb;
  Tokens<state> gl_wide;

  __device__ __forceinline__ void read(int row, int t, int channel, state& a, state& input) const {
    a = decay(row, t, channel);
    input = load(b.at(row, t, channel));
  }

  __device__ __forceinline__ state decay(int row, int t, int channel) const { return exponential(load(l.at(row, t, channel))); }

  // Takes the gradients to a and b.
  __device__ __forceinline__ void write(int row, int t, int channel, state a, state ga, state gb_t) const {
    if (gl_wide.none())
      store(gl.at(row, t, channel), a * ga);
    else
      store(gl_wide.at(row, t, channel), a * ga);
    store(gb.at(row, t, channel), gb_t);
  }
};
