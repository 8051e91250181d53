// Tokens that bring dt and w as they are, and give y as it is read.
#pragma once
#include "sequence.cuh"

struct Input {
  Tokens<stored> dt, w, y, gy, gdt, gw;

  // whether gradients need y, which is computed again then
  static constexpr bool reads_again = false;

  // What a channel has, what memory holds of a token, and what the gradients need of it.
  struct Channel {};
  struct Token {
    state dt, w;
  };
  struct Factor {
    state dt, w, g;
  };

  __device__ __forceinline__ Channel channel(int) const { return {}; }
  __device__ __forceinline__ Token token(int row, int t, int e) const { return {load(dt.at(row, t, e)), load(w.at(row, t, e))}; }
  __device__ __forceinline__ Factor factor(int row, int t, int e) const { return {load(dt.at(row, t, e)), load(w.at(row, t, e)), load(gy.at(row, t, e))}; }

  __device__ __forceinline__ void read(const Channel&, const Token& of, state& dt_t, state& w_t) const {
    dt_t = of.dt;
    w_t = of.w;
  }

  __device__ __forceinline__ void write(int row, int t, int e, const Channel&, const Token&, state y_t) const { store(y.at(row, t, e), y_t); }

  __device__ __forceinline__ void read(const Channel&, const Factor& of, state& dt_t, state& w_t, state& g_t) const {
    dt_t = of.dt;
    w_t = of.w;
    g_t = of.g;
  }

  __device__ __forceinline__ void write(int row, int t, int e, Channel&, const Factor&, bool, state, state gdt_t, state gw_t, state) const {
    store(gdt.at(row, t, e), gdt_t);
    store(gw.at(row, t, e), gw_t);
  }

  __device__ __forceinline__ void add(long long, const Channel&) const {}
};
