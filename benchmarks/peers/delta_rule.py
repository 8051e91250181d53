"""The delta rule in PyTorch, in chunks of 64 tokens (arXiv 2406.06484).

S_t = S_(t-1) + beta_t k_t (v_t - S_(t-1)^T k_t)^T        S: [B, H, K, V]; before the first token: initial
y_t = S_t^T q_t                                           q, k: [B, T, H, K]; v, y: [B, T, H, V]; beta: [B, T, H, 1]
"""

import functools

import torch

import forms
import others
from outer_product_scan import contiguous, merge, split


def chunked(q, k, v, beta, initial, split=split):
    """
    What the tokens of a chunk write, u, solves (I + tril(beta k k^T, -1)) u = beta (v - k S_before), a triangle a chunk, for both right sides at once:
    y = q S_before + tril(q k^T) u
    S_after = S_before + k^T u
    """
    q, k, v, beta = split(q), split(k), split(v), split(beta)
    kb = beta * k
    both = torch.linalg.solve_triangular((kb @ k.mT).tril(-1), torch.cat([beta * v, kb], -1), upper=False, unitriangular=True)
    written, read = both.split([v.shape[-1], k.shape[-1]], -1)
    before, u, S = [], [], initial
    for written_n, read_n, k_n in zip(written.unbind(2), read.unbind(2), k.mT.unbind(2)):
        before.append(S)
        u.append(written_n - read_n @ S)
        S = S + k_n @ u[-1]
    return merge(q @ torch.stack(before, 2) + (q @ k.mT).tril() @ torch.stack(u, 2)), S


def fla(delta_rule, q, k, v, beta, initial):
    """flash-linear-attention's kernels, in chunks."""
    return delta_rule.chunk_delta_rule(q, k, v, beta.squeeze(-1), scale=1.0, initial_state=initial, output_final_state=True)


if __name__ == "__main__":
    forms.serve({"chunked": chunked, "contiguous": functools.partial(chunked, split=contiguous)} | others.forms("fla.ops.delta_rule", fla=fla))
