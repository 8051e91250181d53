// The scan of a selective state space, h_t = e^(dt_t A) h_(t-1) + w_t B_t and y_t = C_t . h_t, and its gradients. A thread has a channel, and takes a tile of tokens of it through one
// state after the other: what it holds of the tokens lies in registers, and of all states no more than h and a few sums of each. B and C of a tile are read once for the
// channels of a block. Nothing is as large as [B, T, N, E]: kept is h before each tile.
// Where rows and channels alone are too few for a GPU, a sequence is cut into chunks, which are gone through twice: `forward_ends` leaves how h behind a chunk depends on h before it,
// `carry` goes from chunk to chunk, and `forward` begins each of them with what it found; backwards likewise, last token first.
// INPUT is the file that says what tokens bring and what becomes of what they read. STEPS are the tokens of a tile, THREADS those of a block, GROUP the states whose B and C are
// held at a time, and of so many as SHARED_STATES the block holds what it carries itself.
#include "sequence.cuh"
#include INPUT

constexpr int steps = STEPS;
constexpr int threads = THREADS;
constexpr int lanes = 32;
constexpr int warps = threads / lanes;
constexpr int group = GROUP;
constexpr int shared_states = SHARED_STATES;
// what a warp sums over its channels for a state: the gradients to B and C of a tile
constexpr int shares = 2 * steps;
static_assert(shares <= lanes && lanes % shares == 0, "a lane sums one share");

struct Arguments {
  Input input;
  Tokens<stored> B, C;                     // [B, T, N]
  const state* A;                          // [N, E]
  const unsigned char *starts, *padding;   // [B, T], or none
  const state* initial;                    // [B, N, E], where the recurrence begins, in the direction that it runs
  state* last;                             // where it ends
  state* links;                            // [B, chunks, 2, N, E]: what a chunk makes of what is before it, and what that is; none for one chunk
  state* kept;                             // [B, tiles, N, E], h before each tile; or none
  state* gA;                               // [B, chunks, N, E]
  state* gBC;                              // [blocks, B, T, 2, N]
  int rows, T, E, N, chunks, tiles_of_chunk;
};

// Where a block and its threads are; chunks and tiles count from the side that the recurrence runs from.
struct Place {
  int row, chunk, block, channel, first, end, tiles;
  bool inside, any;

  __device__ Place(const Arguments& given) {
    const int blocks = (given.E + threads - 1) / threads;
    block = blockIdx.x % blocks;
    row = blockIdx.x / blocks % given.rows;
    chunk = blockIdx.x / blocks / given.rows;
    tiles = (given.T + steps - 1) / steps;
    first = chunk * given.tiles_of_chunk;
    end = min(first + given.tiles_of_chunk, tiles);
    const int own = block * threads + static_cast<int>(threadIdx.x);
    inside = own < given.E;
    any = own / lanes * lanes < given.E;
    channel = min(own, given.E - 1);
  }

  __device__ long long states(const Arguments& given, long long of) const { return of * given.N * given.E + channel; }
  __device__ const state* before(const Arguments& given) const { return given.chunks == 1 ? given.initial + states(given, row) : link(given, 1); }
  __device__ state* link(const Arguments& given, int which) const { return given.links + states(given, (static_cast<long long>(row) * given.chunks + chunk) * 2 + which); }
  // where no block holds them, the states of a chunk lie where nobody looks any more
  __device__ state* working(const Arguments& given) const { return given.chunks == 1 ? given.last + states(given, row) : link(given, 0); }
};

// A number for each state of a channel.
struct Column {
  state* first;
  int stride;

  __device__ __forceinline__ state& operator[](int n) const { return first[static_cast<long long>(n) * stride]; }
};

// What is read of a channel's state while the one before it is computed.
__device__ __forceinline__ state ahead(const state* of, int n, const Arguments& given) { return of[static_cast<long long>(min(n, given.N - 1)) * given.E]; }

// B and C of a tile for some states, on the way to shared memory.
struct Pending {
  static constexpr int each = group * steps / threads;
  static_assert(each * threads == group * steps, "every thread reads as many");
  state b[each], c[each];

  __device__ __forceinline__ void load_from(const Arguments& given, int row, int tile, int begin) {
#pragma unroll
    for (int i = 0; i < each; i++) {
      const int at = threadIdx.x + i * threads, n = min(begin + at % group, given.N - 1), t = min(tile * steps + at / group, given.T - 1);
      b[i] = load(given.B.at(row, t, n));
      c[i] = load(given.C.at(row, t, n));
    }
  }
};

struct alignas(16) Shared {
  // a row more than its tokens, so that the writers of a column do not wait for each other
  state B[group][steps + 4], C[group][steps + 4];

  __device__ __forceinline__ void take(const Pending& pending) {
    __syncthreads();
#pragma unroll
    for (int i = 0; i < Pending::each; i++) {
      const int at = threadIdx.x + i * threads;
      B[at % group][at / group] = pending.b[i];
      C[at % group][at / group] = pending.c[i];
    }
    __syncthreads();
  }
};

// A bit for each token of a tile that a mask has; tokens behind the end have none.
__device__ __forceinline__ unsigned bits(const Arguments& given, const unsigned char* mask, int row, int tile) {
  unsigned all = 0;
  if (mask == nullptr) return all;
#pragma unroll
  for (int s = 0; s < steps; s++) {
    const int t = tile * steps + s;
    if (mask[static_cast<long long>(row) * given.T + min(t, given.T - 1)] != 0 && t < given.T) all |= 1u << s;
  }
  return all;
}

// One state through a tile.
template <bool forgetting, bool reading>
__device__ __forceinline__ state through(state A, state h, const state (&dt)[steps], const state (&w)[steps], const state* B, const state* C, unsigned forget, state (&y)[steps]) {
#pragma unroll
  for (int s = 0; s < steps; s++) {
    const state a = power_of_two(dt[s] * A);
    if (forgetting && (forget >> s & 1)) h = 0;
    h = a * h + w[s] * B[s];
    if (reading) y[s] += h * C[s];
  }
  return h;
}

template <bool reading>
__device__ __forceinline__ void run_forward(const Arguments& given) {
  __shared__ Shared shared;
  __shared__ state held[shared_states][threads];
  const Place place(given);
  const int N = given.N, E = given.E, T = given.T;
  const state* A = given.A + place.channel;
  const Column h = N <= shared_states ? Column{&held[0][threadIdx.x], threads} : Column{reading ? place.working(given) : place.link(given, 1), E};
  const bool stays = place.inside || N <= shared_states;  // of lanes without a channel nothing reaches memory
  const auto channel = given.input.channel(place.channel);
  if (stays) {
    const state* before = reading ? place.before(given) : nullptr;
    for (int n = 0; n < N; n++) h[n] = reading ? before[static_cast<long long>(n) * E] : 0;
  }

  Input::Token next[steps];
  Pending pending;
  const auto fetch = [&](int tile) {
#pragma unroll
    for (int s = 0; s < steps; s++) next[s] = given.input.token(place.row, min(tile * steps + s, T - 1), place.channel);
  };
  fetch(place.first);
  if (N > 0) pending.load_from(given, place.row, place.first, 0);

  state sum = 0;
  bool forgets = false;
  for (int tile = place.first; tile < place.end; tile++) {
    const unsigned forget = bits(given, given.starts, place.row, tile), padded = bits(given, given.padding, place.row, tile);
    Input::Token tokens[steps];
    state dt[steps], w[steps], y[steps];
#pragma unroll
    for (int s = 0; s < steps; s++) {
      tokens[s] = next[s];
      given.input.read(channel, tokens[s], dt[s], w[s]);
      // what lies behind the end changes nothing, nor does padding
      const bool nothing = tile * steps + s >= T || (padded >> s & 1);
      dt[s] = nothing ? 0 : dt[s];
      w[s] = nothing ? 0 : w[s];
      y[s] = 0;
      if (!reading) sum += dt[s];
    }
    forgets = forgets || forget != 0;
    fetch(min(tile + 1, place.end - 1));

    for (int begin = 0; begin < N; begin += group) {
      shared.take(pending);
      const bool ends = begin + group >= N;
      pending.load_from(given, place.row, ends ? min(tile + 1, place.end - 1) : tile, ends ? 0 : begin + group);
      if (!place.any) continue;
      state A_n = ahead(A, begin, given);
      for (int n = begin; n < min(begin + group, N); n++) {
        const state A_next = ahead(A, n + 1, given);
        const state* B = shared.B[n - begin];
        const state* C = shared.C[n - begin];
        state h_n = stays ? h[n] : 0;
        if (reading && given.kept != nullptr && place.inside) given.kept[place.states(given, static_cast<long long>(place.row) * place.tiles + tile) + static_cast<long long>(n) * E] = h_n;
        h_n = forget == 0 ? through<false, reading>(A_n * log2_e, h_n, dt, w, B, C, forget, y) : through<true, reading>(A_n * log2_e, h_n, dt, w, B, C, forget, y);
        if (stays) h[n] = h_n;
        A_n = A_next;
      }
    }

    if constexpr (reading) {
      if (!place.inside) continue;
#pragma unroll
      for (int s = 0; s < steps; s++)
        if (tile * steps + s < T) given.input.write(place.row, tile * steps + s, place.channel, channel, tokens[s], y[s]);
    }
  }

  if (!place.inside) return;
  if (reading) {
    if (place.chunk == given.chunks - 1)
      for (int n = 0; n < N; n++) given.last[place.states(given, place.row) + static_cast<long long>(n) * E] = h[n];
  } else {
    for (int n = 0; n < N; n++) {
      place.link(given, 0)[static_cast<long long>(n) * E] = forgets ? 0 : power_of_two(A[static_cast<long long>(n) * E] * log2_e * sum);
      place.link(given, 1)[static_cast<long long>(n) * E] = h[n];
    }
  }
}

extern "C" __global__ void __launch_bounds__(threads, 2) forward(Arguments given) { run_forward<true>(given); }

extern "C" __global__ void __launch_bounds__(threads, 2) forward_ends(Arguments given) { run_forward<false>(given); }

// One token, of which every thread has a channel; the states of some n are read together.
extern "C" __global__ void __launch_bounds__(threads) step(Arguments given) {
  constexpr int together = 8;
  const Place place(given);
  if (!place.inside) return;
  const int N = given.N, E = given.E;
  const auto channel = given.input.channel(place.channel);
  const Input::Token token = given.input.token(place.row, 0, place.channel);
  const bool forgets = given.starts != nullptr && given.starts[place.row] != 0, padded = given.padding != nullptr && given.padding[place.row] != 0;
  const state *A = given.A + place.channel, *before = given.initial + place.states(given, place.row);
  state* after = given.last + place.states(given, place.row);
  state dt, w, y = 0;
  given.input.read(channel, token, dt, w);
  dt = padded ? 0 : dt;
  w = padded ? 0 : w;
  for (int begin = 0; begin < N; begin += together) {
    state A_n[together], h[together], B[together], C[together];
#pragma unroll
    for (int i = 0; i < together; i++) {
      const int n = min(begin + i, N - 1);
      A_n[i] = A[static_cast<long long>(n) * E];
      h[i] = before[static_cast<long long>(n) * E];
      B[i] = load(given.B.at(place.row, 0, n));
      C[i] = load(given.C.at(place.row, 0, n));
    }
#pragma unroll
    for (int i = 0; i < together; i++) {
      if (begin + i >= N) break;
      const state a = forgets ? 0 : power_of_two(dt * (A_n[i] * log2_e));
      h[i] = a * h[i] + w * B[i];
      y += h[i] * C[i];
      after[static_cast<long long>(begin + i) * E] = h[i];
    }
  }
  given.input.write(place.row, 0, place.channel, channel, token, y);
}

// What is before each chunk, in the place of what it would have left behind nothing.
extern "C" __global__ void __launch_bounds__(threads) carry(Arguments given) {
  const long long states = static_cast<long long>(given.N) * given.E, at = static_cast<long long>(blockIdx.x) * threads + threadIdx.x;
  if (at >= given.rows * states) return;
  state h = given.initial[at];
  state* link = given.links + at / states * given.chunks * 2 * states + at % states;
  for (int chunk = 0; chunk < given.chunks; chunk++, link += 2 * states) {
    // the last one leaves nothing to another
    const bool ends = chunk == given.chunks - 1;
    const state a = ends ? 0 : link[0], b = ends ? 0 : link[states];
    link[states] = h;
    h = a * h + b;
  }
}

// Last token first, with g the gradient to y:
//   m_t = g_t C_t + c_(t+1)        c_t = a_t m_t        grad B_t = sum_E m_t w_t        grad C_t = sum_E g_t h_t
//   grad w_t = m_t . B_t           grad dt_t = sum_N c_t h_(t-1) A                      grad A = sum_(B, T) c_t h_(t-1) dt_t
// `initial` is the gradient to the last h, `last` that to the first one.
extern "C" __global__ void __launch_bounds__(threads, 2) backward(Arguments given) {
  __shared__ Shared shared;
  __shared__ state held[2][shared_states][threads];
  // by warps: shares of lanes, a row 16 bytes past a whole one so that lanes read theirs at once; and their sums
  constexpr int row_of_shares = lanes + 16 / sizeof(state);
  alignas(16) __shared__ state of_lanes[warps][shares][row_of_shares];
  __shared__ state of_warps[group][warps * shares + 1];
  const Place place(given);
  const int N = given.N, E = given.E, T = given.T, lane = threadIdx.x % lanes, warp = threadIdx.x / lanes;
  const state* A = given.A + place.channel;
  const bool in_block = N <= shared_states, stays = place.inside || in_block;
  state* to_gA = given.gA + place.states(given, static_cast<long long>(place.row) * given.chunks + place.chunk);
  const Column m = in_block ? Column{&held[0][0][threadIdx.x], threads} : Column{place.working(given), E};
  const Column gA = in_block ? Column{&held[1][0][threadIdx.x], threads} : Column{to_gA, E};
  if (stays) {
    const state* before = place.before(given);
    for (int n = 0; n < N; n++) {
      m[n] = before[static_cast<long long>(n) * E];
      gA[n] = 0;
    }
  }

  Pending pending;
  if (N > 0) pending.load_from(given, place.row, place.tiles - 1 - place.first, 0);
  for (int run = place.first; run < place.end; run++) {
    const int tile = place.tiles - 1 - run;
    const unsigned forget = bits(given, given.starts, place.row, tile), padded = bits(given, given.padding, place.row, tile);
    state dt[steps], w[steps], g[steps], y[steps], gdt[steps], gw[steps];
    {
      const auto channel = given.input.channel(place.channel);
      Input::Factor factors[steps];
#pragma unroll
      for (int s = 0; s < steps; s++) factors[s] = given.input.factor(place.row, min(tile * steps + s, T - 1), place.channel);
#pragma unroll
      for (int s = 0; s < steps; s++) {
        given.input.read(channel, factors[s], dt[s], w[s], g[s]);
        const bool behind = tile * steps + s >= T || !place.inside, nothing = behind || (padded >> s & 1);
        dt[s] = nothing ? 0 : dt[s];
        w[s] = nothing ? 0 : w[s];
        g[s] = behind ? 0 : g[s];
        y[s] = gdt[s] = gw[s] = 0;
      }
    }

    const state* before_tile = given.kept + place.states(given, static_cast<long long>(place.row) * place.tiles + tile);
    for (int begin = 0; begin < N; begin += group) {
      shared.take(pending);
      const bool ends = begin + group >= N;
      pending.load_from(given, place.row, ends ? max(tile - 1, 0) : tile, ends ? 0 : begin + group);
      if (place.any) {
        state A_n = ahead(A, begin, given), h_n = ahead(before_tile, begin, given);
        for (int n = begin; n < min(begin + group, N); n++) {
          const state A_next = ahead(A, n + 1, given), h_next = ahead(before_tile, n + 1, given);
          const state* B = shared.B[n - begin];
          const state* C = shared.C[n - begin];
          state a[steps], h[steps + 1];
          h[0] = h_n;
#pragma unroll
          for (int s = 0; s < steps; s++) {
            a[s] = power_of_two(dt[s] * (A_n * log2_e));
            if (forget != 0 && (forget >> s & 1)) a[s] = 0;
            h[s + 1] = a[s] * h[s] + w[s] * B[s];
            if (Input::reads_again) y[s] += h[s + 1] * C[s];
          }

          state c = stays ? m[n] : 0, gA_n = 0;
          __syncwarp();
#pragma unroll
          for (int s = steps - 1; s >= 0; s--) {
            const state m_t = g[s] * C[s] + c;
            of_lanes[warp][s][lane] = m_t * w[s];
            of_lanes[warp][steps + s][lane] = g[s] * h[s + 1];
            gw[s] += m_t * B[s];
            c = a[s] * m_t;
            const state slope = c * h[s];
            gdt[s] += slope * A_n;
            gA_n += slope * dt[s];
          }
          if (stays) {
            m[n] = c;
            gA[n] += gA_n;
          }
          __syncwarp();
          // lanes beyond the shares read what another one reads
          const state* share = of_lanes[warp][lane % shares];
          state sum[4] = {};
#pragma unroll
          for (int from = 0; from < lanes; from++) sum[from % 4] += share[from];
          if (lane < shares) of_warps[n - begin][warp * shares + lane] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
          A_n = A_next;
          h_n = h_next;
        }
      }

      __syncthreads();
      const int states = min(group, N - begin), full = min(warps, (E - place.block * threads + lanes - 1) / lanes);
      for (int at = threadIdx.x; at < states * shares; at += threads) {
        const int n = at % states, share = at / states, t = tile * steps + share % steps;
        if (t >= T) continue;
        state sum = 0;
        for (int of = 0; of < full; of++) sum += of_warps[n][of * shares + share];
        given.gBC[(((static_cast<long long>(place.block) * given.rows + place.row) * T + t) * 2 + share / steps) * N + begin + n] = sum;
      }
    }

    if (!place.inside) continue;
    // what was read before is near, and was not held: all registers are taken
    auto channel = given.input.channel(place.channel);
    constexpr int half = steps / 2;
#pragma unroll
    for (int from = 0; from < steps; from += half) {
      Input::Factor factors[half];
#pragma unroll
      for (int s = 0; s < half; s++) factors[s] = given.input.factor(place.row, min(tile * steps + from + s, T - 1), place.channel);
#pragma unroll
      for (int s = from; s < from + half; s++)
        if (tile * steps + s < T) given.input.write(place.row, tile * steps + s, place.channel, channel, factors[s - from], (padded >> s & 1) != 0, dt[s], gdt[s], gw[s], y[s]);
    }
    given.input.add((static_cast<long long>(place.row) * given.chunks + place.chunk) * E + place.channel, channel);
  }

  if (!place.inside) return;
  for (int n = 0; n < N; n++) {
    to_gA[static_cast<long long>(n) * E] = gA[n];
    if (place.chunk == given.chunks - 1) given.last[place.states(given, place.row) + static_cast<long long>(n) * E] = m[n];
  }
}

extern "C" __global__ void __launch_bounds__(threads, 2) backward_ends(Arguments given) {
  __shared__ Shared shared;
  __shared__ state held[shared_states][threads];
  const Place place(given);
  const int N = given.N, E = given.E, T = given.T;
  const state* A = given.A + place.channel;
  const bool stays = place.inside || N <= shared_states;
  const Column c = N <= shared_states ? Column{&held[0][threadIdx.x], threads} : Column{place.link(given, 1), E};
  if (stays)
    for (int n = 0; n < N; n++) c[n] = 0;

  const auto channel = given.input.channel(place.channel);
  Pending pending;
  if (N > 0) pending.load_from(given, place.row, place.tiles - 1 - place.first, 0);
  state sum = 0;
  bool forgets = false;
  for (int run = place.first; run < place.end; run++) {
    const int tile = place.tiles - 1 - run;
    const unsigned forget = bits(given, given.starts, place.row, tile), padded = bits(given, given.padding, place.row, tile);
    Input::Factor factors[steps];
#pragma unroll
    for (int s = 0; s < steps; s++) factors[s] = given.input.factor(place.row, min(tile * steps + s, T - 1), place.channel);
    state dt[steps], g[steps];
#pragma unroll
    for (int s = 0; s < steps; s++) {
      state w;
      given.input.read(channel, factors[s], dt[s], w, g[s]);
      const bool behind = tile * steps + s >= T;
      dt[s] = behind || (padded >> s & 1) ? 0 : dt[s];
      g[s] = behind ? 0 : g[s];
      sum += dt[s];
    }
    forgets = forgets || forget != 0;

    for (int begin = 0; begin < N; begin += group) {
      shared.take(pending);
      const bool ends = begin + group >= N;
      pending.load_from(given, place.row, ends ? max(tile - 1, 0) : tile, ends ? 0 : begin + group);
      if (!place.any) continue;
      for (int n = begin; n < min(begin + group, N); n++) {
        const state A_n = A[static_cast<long long>(n) * E] * log2_e;
        state c_n = stays ? c[n] : 0;
#pragma unroll
        for (int s = steps - 1; s >= 0; s--) {
          c_n = power_of_two(dt[s] * A_n) * (g[s] * shared.C[n - begin][s] + c_n);
          if (forget >> s & 1) c_n = 0;
        }
        if (stays) c[n] = c_n;
      }
    }
  }

  if (!place.inside) return;
  for (int n = 0; n < N; n++) {
    place.link(given, 0)[static_cast<long long>(n) * E] = forgets ? 0 : power_of_two(A[static_cast<long long>(n) * E] * log2_e * sum);
    place.link(given, 1)[static_cast<long long>(n) * E] = c[n];
  }
}
