"""The recurrence of linear attention and its kin in PyTorch, in chunks of 64 tokens.

S_t = diag(exp(l_t)) S_(t-1) + k_t v_t^T        S: [B, H, K, V]; before the first token: initial
y_t = S_t^T q_t                                 q, k: [B, T, H, K]; v, y: [B, T, H, V]; l: [B, T, H, K], [B, T, H, 1] or none
"""

import functools

import torch

import forms
import others

CHUNK = 64


def split(x):
    """[B, T, H, X] -> [B, H, n, C, X]"""
    return x.transpose(1, 2).unflatten(2, (-1, min(CHUNK, x.shape[1])))


def contiguous(x):
    """As split, copied once so that products need not."""
    return split(x.transpose(1, 2).contiguous().transpose(1, 2))


def chunked(q, k, v, initial, log=None, split=split):
    """
    With A_i the sum of l from the chunk's first token to i:
    y_i     = sum_(j <= i) (q_i exp(A_i - A_j) . k_j) v_j + (exp(A_i) q_i)^T S_before
    S_after = diag(exp(A_C)) S_before + sum_j (exp(A_C - A_j) k_j) v_j^T
    A decay a key channel splits as (q_i exp(A_i)) . (exp(-A_j) k_j): the fastest, and good while no chunk fades below exp(-80).
    """
    q, k, v, A = split(q), split(k), split(v), None if log is None else split(log).cumsum(-2)
    if A is None:
        scores, entering, leaving, decay = q @ k.mT, q, k, torch.ones((), dtype=q.dtype)
    elif A.shape[-1] == 1:
        total = A[..., -1:, :]
        scores, entering, leaving, decay = (q @ k.mT) * (A - A.mT).clamp_max(0).exp(), q * A.exp(), k * (total - A).exp(), total.exp()
    else:
        total = A[..., -1:, :]
        entering, leaving = q * A.exp(), k * (total - A).exp()
        scores, decay = entering @ (k * (-A).exp()).mT, total.mT.exp()
    before, last = carry(leaving.mT @ v, decay, initial)
    return merge(scores.tril() @ v + entering @ before), last


def merge(y):
    """[B, H, n, C, X] -> [B, T, H, X]"""
    return y.flatten(2, 3).transpose(1, 2)


def carry(update, decay, S):
    """S before each chunk, [B, H, n, K, V], and after the last: S_after = decay S_before + update."""
    before = []
    for decay_n, update_n in zip(decay.expand(*update.shape[:3], *decay.shape[-2:] or (1, 1)).unbind(2), update.unbind(2)):
        before.append(S)
        S = torch.addcmul(update_n, decay_n, S)
    return torch.stack(before, 2), S


def fla(ops, q, k, v, initial, log=None):
    """flash-linear-attention's kernels, in chunks: for no decay, one a head and one a key channel."""
    known = {"scale": 1.0, "initial_state": initial, "output_final_state": True}
    if log is None:
        return ops.chunk_linear_attn(q, k, v, normalize=False, **known)
    if log.shape[-1] == 1:
        return ops.chunk_simple_gla(q, k, v, g=log.squeeze(-1), **known)
    return ops.chunk_gla(q, k, v, log, **known)


if __name__ == "__main__":
    forms.serve({"chunked": chunked, "contiguous": functools.partial(chunked, split=contiguous)} | others.forms("fla.ops", fla=fla))
