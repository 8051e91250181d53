// a = (1 - p) e^(i theta) and b = p u with p = sigmoid(k), all of a token z = (k, theta, Re u, Im u) [4 D]. With (x, y) = Re(conj(x) y):
//   grad k = p ((1 - p) (u, grad b) - (a, grad a))        grad theta = (i a, grad a)        grad u = p grad b
#pragma once
#include "complex.cuh"

struct Input {
  Tokens<stored> z, gz;
  long long width;

  struct Token {
    state k, theta;
    value u;
  };
  typedef Token Factor;

  __device__ __forceinline__ Token token(int row, int t, int channel) const {
    const stored* at = z.at(row, t, channel);
    return {load(at), load(at + width), {load(at + 2 * width), load(at + 3 * width)}};
  }
  __device__ __forceinline__ Factor factor(int row, int t, int channel) const { return token(row, t, channel); }

  __device__ __forceinline__ void read(const Token& of, value& a, value& b) const {
    state p, others, sine, cosine;
    gates(of.k, p, others);
    sine_cosine(of.theta, sine, cosine);
    a = {others * cosine, others * sine};
    b = {p * of.u.re, p * of.u.im};
  }

  __device__ __forceinline__ value decay(const Factor& of) const {
    value a, b;
    read(of, a, b);
    return a;
  }

  // Takes the gradients to a and b.
  __device__ __forceinline__ void write(int row, int t, int channel, const Factor& of, value ga, value gb) const {
    state p, others;
    gates(of.k, p, others);
    const value a = decay(of);
    stored* at = gz.at(row, t, channel);
    store(at, p * (others * (of.u.re * gb.re + of.u.im * gb.im) - (a.re * ga.re + a.im * ga.im)));
    store(at + width, a.re * ga.im - a.im * ga.re);
    store(at + 2 * width, p * gb.re);
    store(at + 3 * width, p * gb.im);
  }
};
