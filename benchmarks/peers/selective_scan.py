"""The selective scan (S6) in PyTorch.

h_t = exp(dt_t A) h_(t-1) + B_t w_t        h: [B, N, E]; before the first token: initial
y_t = C_t . h_t                            y: [B, T, E], the sum over N
dt, w: [B, T, E]        A: [N, E]        B, C: [B, T, N]
"""

import torch

import forms
import scans


def loop(dt, A, w, B, C, initial):
    """One token after the other; what is N times as large as an input lives for one token only, in the cache. Compiled it takes as long."""
    h, y = initial, []
    for dt_t, w_t, B_t, C_t in zip(dt.unsqueeze(2).unbind(1), w.unsqueeze(2).unbind(1), B.unsqueeze(3).unbind(1), C.unsqueeze(3).unbind(1)):
        h = torch.addcmul(B_t * w_t, (dt_t * A).exp(), h)
        y.append((C_t * h).sum(1))
    return torch.stack(y, 1), h


def tree(dt, A, w, B, C, initial):
    """By pairs, a row at a time: all rows together are slower, for they leave the cache sooner."""
    y, last = zip(*(_row(*row) for row in zip(dt.split(1), w.split(1), B.split(1), C.split(1), initial.split(1), [A] * len(dt))))
    return torch.cat(y), torch.cat(last)


def _row(dt, w, B, C, initial, A):
    h = scans.tree((dt.unsqueeze(2) * A).exp(), B.unsqueeze(3) * w.unsqueeze(2), initial)
    return (C.unsqueeze(3) * h).sum(2), h[:, -1]


if __name__ == "__main__":
    forms.serve({"loop": loop, "tree": tree})
