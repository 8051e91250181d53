"""Causal softmax attention in PyTorch: y_t = sum_(s <= t) softmax_s(q_t . k_s / sqrt(K)) v_s; q, k, v, y: [B, H, T, K]."""

import math

import torch
import torch.nn.functional as F

import forms


def materialised(q, k, v):
    """T x T scores in memory."""
    T, K = q.shape[-2:]
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    scores = (q * (1 / math.sqrt(K))) @ k.mT
    return (scores.masked_fill(future, -math.inf).softmax(-1) @ v,)


def sdpa(q, k, v):
    """The operator for it: F.scaled_dot_product_attention, which PyTorch 1.13 has under another name."""
    attend = getattr(F, "scaled_dot_product_attention", None)
    if attend is not None:
        return (attend(q, k, v, is_causal=True),)
    return (torch._C._nn._scaled_dot_product_attention(q, k, v, None, 0.0, False, True)[0],)


if __name__ == "__main__":
    forms.serve({"materialised": materialised, "sdpa": sdpa})
