// A linear recurrence h_t = a_t h_(t-1) + b_t over [B, T, D] in one pass over memory. Every block takes a chunk of tokens of 32 channels: a lane a channel, a warp
// some tokens after those of the warp before. What is before a chunk comes from the blocks of the chunks before it, which run at the same time:
//
//   link of a chunk     (A, H): h behind it = A h before it + H
//   group               some chunks; the last of them waits for the state behind the group before, and leaves its own
//
// so that a block waits once, for its own group's links and one state. The order of every sum is fixed, whichever block is first: the same bits at each run.
// Blocks take their chunks by ticket, so that one that is waited for runs already.
// Given by macros, beside those of sequence.cuh: STEPS, the tokens of a warp, WARPS, the warps of a block, and CHUNKS_OF_GROUP.
#pragma once
#include "sequence.cuh"

// In numbers of type V, real or complex: V has a product, and fused(a, h, b) is a h + b.
template <class V>
struct Chain {
  int* ticket;     // the next block's turn, from zero on
  int* links_set;  // [tiles, chunks], zero until a link is there
  int* states_set; // [tiles, groups]
  V* links;        // [tiles, chunks, 2, 32]
  V* states;       // [tiles, groups, 32]
  int rows, T, D;
};

constexpr int lanes = 32;
constexpr int chain_warps = WARPS;
constexpr int chain_threads = lanes * chain_warps;
constexpr int chunks_of_group = CHUNKS_OF_GROUP;
// loads under way together
constexpr int links_at_once = 5;

// Where a block and its threads are. Times count from the side that the recurrence runs from.
template <class V, int steps>
struct Place {
  int row, channel, tile, chunk, chunks, lane, warp;
  int time;  // of this thread's first token

  static constexpr int chunk_tokens = steps * chain_warps;

  __device__ Place(const Chain<V>& chain) {
    __shared__ int turn;
    if (threadIdx.x == 0) turn = atomicAdd(chain.ticket, 1);
    __syncthreads();
    const int tiles_of_row = (chain.D + lanes - 1) / lanes, tiles = tiles_of_row * chain.rows;
    lane = threadIdx.x % lanes;
    warp = threadIdx.x / lanes;
    tile = turn % tiles;
    chunk = turn / tiles;
    chunks = (chain.T + chunk_tokens - 1) / chunk_tokens;
    row = tile / tiles_of_row;
    channel = tile % tiles_of_row * lanes + lane;
    time = chunk * chunk_tokens + warp * steps;
  }

  __device__ bool inside(const Chain<V>& chain) const { return channel < chain.D; }

  // a channel that is there, for lanes that have none
  __device__ int nearest(const Chain<V>& chain) const { return min(channel, chain.D - 1); }

  // whether this thread has the last word on its channel
  __device__ bool ends() const { return warp == 0 && chunk == chunks - 1; }
};

// Until the flags of all lanes are set; a lane without one gives null. The whole warp comes here.
__device__ __forceinline__ void wait(int* flag) {
  while (!__all_sync(0xFFFFFFFF, flag == nullptr || *static_cast<volatile int*>(flag) != 0)) __nanosleep(32);
  __threadfence();
}

__device__ __forceinline__ void publish(int* flag, int lane) {
  __threadfence();
  __syncwarp();
  if (lane == 0) atomicExch(flag, 1);
}

// The state before this thread's tokens, given the link (a, b) of those and the state before the first token; the one behind the last token goes to `last`.
// Every thread of the block comes here.
template <class V, int steps>
__device__ V carried(const Chain<V>& chain, const Place<V, steps>& place, V a, V b, V first, V& last) {
  __shared__ V warp_a[chain_warps][lanes], warp_b[chain_warps][lanes], before[lanes];
  const int lane = place.lane;
  warp_a[place.warp][lane] = a;
  warp_b[place.warp][lane] = b;
  __syncthreads();
  if (place.warp == 0) {
    V A = a, H = b;
    for (int w = 1; w < chain_warps; w++) {
      H = fused(warp_a[w][lane], H, warp_b[w][lane]);
      A = warp_a[w][lane] * A;
    }

    const int groups = (place.chunks + chunks_of_group - 1) / chunks_of_group, group = place.chunk / chunks_of_group;
    const long long at = static_cast<long long>(place.tile) * place.chunks + place.chunk, of_group = static_cast<long long>(place.tile) * groups + group;
    const bool ends_group = place.chunk % chunks_of_group == chunks_of_group - 1, ends = place.chunk == place.chunks - 1;
    if (!ends_group && !ends) {
      chain.links[2 * at * lanes + lane] = A;
      chain.links[(2 * at + 1) * lanes + lane] = H;
      publish(chain.links_set + at, lane);
    }

    // One wait for all that this block needs, and all loads together: links of the group so far, and the state behind the group before.
    const int links = place.chunk % chunks_of_group;
    V h = first;
    if (links > 0 || group > 0) {
      const long long first_link = at - links;
      wait(lane < links ? chain.links_set + first_link + lane : lane == lanes - 1 && group > 0 ? chain.states_set + of_group - 1 : nullptr);
      if (group > 0) h = chain.states[(of_group - 1) * lanes + lane];
      for (int begin = 0; begin < links; begin += links_at_once) {
        V link_a[links_at_once], link_b[links_at_once];
#pragma unroll
        for (int i = 0; i < links_at_once; i++) {
          const long long link = first_link + min(begin + i, links - 1);
          link_a[i] = chain.links[2 * link * lanes + lane];
          link_b[i] = chain.links[(2 * link + 1) * lanes + lane];
        }
#pragma unroll
        for (int i = 0; i < links_at_once; i++)
          if (begin + i < links) h = fused(link_a[i], h, link_b[i]);
      }
    }

    before[lane] = h;
    last = fused(A, h, H);
    if (ends_group && !ends) {
      chain.states[of_group * lanes + lane] = last;
      publish(chain.states_set + of_group, lane);
    }
  }

  __syncthreads();
  V h = before[lane];
  for (int w = 0; w < place.warp; w++) h = fused(warp_a[w][lane], h, warp_b[w][lane]);
  return h;
}
