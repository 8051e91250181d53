// Tokens that bring dt = softplus(s + b) and w = dt u, and give (y + D u) silu(z). With x = s + b and g the gradient to what they give:
//   grad y = g silu(z)                                    grad z = g (y + D u) silu'(z)
//   grad s = (grad dt + u grad w) sigmoid(x)              grad u = dt grad w + D grad y
//   grad b = sum_(B, T) grad s                            grad D = sum_(B, T) u grad y
#pragma once
#include "sequence.cuh"

struct Input {
  Tokens<stored> s, u, z, out, g_out, gs, gu, gz;
  const state *bias, *skip;  // [E]
  state *g_bias, *g_skip;    // [B, chunks, E], from zero on

  // whether gradients need y, which is computed again then
  static constexpr bool reads_again = true;

  // What a channel has, with the gradients of some tokens to it; what memory holds of a token, and what the gradients need of it.
  struct Channel {
    state bias, skip, g_bias, g_skip;
  };
  struct Token {
    state s, u, z;
  };
  struct Factor {
    state s, u, z, g;
  };

  __device__ __forceinline__ Channel channel(int e) const { return {bias[e], skip[e], 0, 0}; }
  __device__ __forceinline__ Token token(int row, int t, int e) const { return {load(s.at(row, t, e)), load(u.at(row, t, e)), load(z.at(row, t, e))}; }
  __device__ __forceinline__ Factor factor(int row, int t, int e) const { return {load(s.at(row, t, e)), load(u.at(row, t, e)), load(z.at(row, t, e)), load(g_out.at(row, t, e))}; }

  __device__ __forceinline__ void read(const Channel& channel, const Token& of, state& dt, state& w) const {
    dt = softplus(of.s + channel.bias);
    w = dt * of.u;
  }

  __device__ __forceinline__ void write(int row, int t, int e, const Channel& channel, const Token& of, state y) const {
    store(out.at(row, t, e), (channel.skip * of.u + y) * silu(of.z));
  }

  __device__ __forceinline__ void read(const Channel& channel, const Factor& of, state& dt, state& w, state& g) const {
    dt = softplus(of.s + channel.bias);
    w = dt * of.u;
    g = of.g * silu(of.z);
  }

  __device__ __forceinline__ void write(int row, int t, int e, Channel& channel, const Factor& of, bool padded, state dt, state gdt, state gw, state y) const {
    state open, shut, p, others;
    gates(of.z, open, shut);
    gates(of.s + channel.bias, p, others);
    const state gy = of.g * of.z * open, gs_t = padded ? 0 : (of.u * gw + gdt) * p;
    store(gz.at(row, t, e), of.g * (channel.skip * of.u + y) * open * (of.z * shut + 1));
    store(gu.at(row, t, e), dt * gw + channel.skip * gy);
    store(gs.at(row, t, e), gs_t);
    channel.g_skip += of.u * gy;
    channel.g_bias += gs_t;
  }

  __device__ __forceinline__ void add(long long at, const Channel& channel) const {
    g_bias[at] += channel.g_bias;
    g_skip[at] += channel.g_skip;
  }

 private:
  __device__ __forceinline__ static state silu(state z) {
    state open, shut;
    gates(z, open, shut);
    return z * open;
  }
};
