// a and b as they are. Of an a that tokens share the gradient is written in full precision, to be summed.
#pragma once
#include "complex.cuh"

struct Input {
  Numbers a, b, ga, gb;
  Tokens<state> ga_re_wide, ga_im_wide;

  struct Token {
    value a, b;
  };
  struct Factor {
    value a;
  };

  __device__ __forceinline__ Token token(int row, int t, int channel) const { return {a.load(row, t, channel), b.load(row, t, channel)}; }
  __device__ __forceinline__ Factor factor(int row, int t, int channel) const { return {a.load(row, t, channel)}; }

  __device__ __forceinline__ void read(const Token& of, value& a_t, value& b_t) const {
    a_t = of.a;
    b_t = of.b;
  }

  __device__ __forceinline__ value decay(const Factor& of) const { return of.a; }

  // Takes the gradients to a and b.
  __device__ __forceinline__ void write(int row, int t, int channel, const Factor&, value ga_t, value gb_t) const {
    if (ga_re_wide.none()) {
      ga.store(row, t, channel, ga_t);
    } else {
      ::store(ga_re_wide.at(row, t, channel), ga_t.re);
      ::store(ga_im_wide.at(row, t, channel), ga_t.im);
    }
    gb.store(row, t, channel, gb_t);
  }
};
