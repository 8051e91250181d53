// a = 1 - p and b = p g(x) with p = sigmoid(k), all of a token z = (k, x) [2 D]; g(x) = x, or positive: x + 1/2 from 0 on and sigmoid(x) below.
//   grad k = p (1 - p) (g(x) grad b - grad a)        grad x = p g'(x) grad b
#pragma once
#include "real.cuh"

struct Input {
  Tokens<stored> z, gz;
  int width, positive;

  struct Token {
    state k, x;
  };
  typedef Token Factor;

  __device__ __forceinline__ Token token(int row, int t, int channel) const { return {load(z.at(row, t, channel)), load(z.at(row, t, width + channel))}; }
  __device__ __forceinline__ Factor factor(int row, int t, int channel) const { return token(row, t, channel); }

  __device__ __forceinline__ void read(const Token& of, state& a, state& b) const {
    state p, g, slope;
    gates(of.k, p, a);
    candidate(of.x, g, slope);
    b = p * g;
  }

  __device__ __forceinline__ state decay(const Factor& of) const {
    state p, others;
    gates(of.k, p, others);
    return others;
  }

  __device__ __forceinline__ void write(int row, int t, int channel, const Factor& of, state ga, state gb) const {
    state p, others, g, slope;
    gates(of.k, p, others);
    candidate(of.x, g, slope);
    store(gz.at(row, t, channel), p * others * (g * gb - ga));
    store(gz.at(row, t, width + channel), p * slope * gb);
  }

 private:
  __device__ __forceinline__ void candidate(state x, state& g, state& slope) const {
    g = x;
    slope = 1;
    if (!positive) return;
    state s, others;
    gates(x, s, others);
    g = x < 0 ? s : x + static_cast<state>(0.5);
    slope = x < 0 ? s * others : static_cast<state>(1);
  }
};
