"""Mixers as compositions in PyTorch, with the parameters of ours. x, y: [B, T, D]."""

import functools

import torch
import torch.nn.functional as F

import complex_diagonal_scan
import forms
import outer_product_scan
import selective_scan
import short_convolution

HEADS, TEMPERATURE, EPSILON = 4, 16, 1e-5


def mamba(scan):
    """
    (v, z) = W_in x;  u = silu(conv(v));  (r, B, C) = W_x u;  dt = softplus(W_dt r + b)
    y = W_out ((scan(dt, A, dt u, B, C) + D u) silu(z)),  A = -exp(a_log)
    """

    def run(x, **w):
        N, E = len(w["a_log"]) // len(w["skip"]), len(w["skip"])
        v, z = F.linear(x, w["input.weight"]).chunk(2, -1)
        u = F.silu(short_convolution.conv1d(v, w["convolution.weight"], w["convolution.bias"])[0])
        r, B, C = F.linear(u, w["select.weight"]).split([w["step.weight"].shape[1], N, N], -1)
        dt = F.softplus(F.linear(r, w["step.weight"], w["step.bias"]))
        y, _ = scan(dt, -w["a_log"].view(N, E).exp(), dt * u, B, C, x.new_zeros(len(x), N, E))
        return (F.linear(torch.addcmul(y, w["skip"], u) * F.silu(z), w["output.weight"]),)

    return run


def mipt(scan):
    """p, theta, u_re, u_im = W x + b;  h_t = (1 - sigmoid(p_t)) e^(i theta_t) h_(t-1) + sigmoid(p_t) u_t;  y = Re(h)"""

    def run(x, **w):
        logit, theta, re, im = F.linear(x, w["projection.weight"], w["projection.bias"]).chunk(4, -1)
        p, r, zero = logit.sigmoid(), (-logit).sigmoid(), x.new_zeros(len(x), x.shape[2])
        return (scan(r * theta.cos(), r * theta.sin(), p * re, p * im, zero, zero)[0],)

    return run


def gla(scan):
    """
    q, k, v = W x in heads;  l = logsigmoid(W_2 W_1 x + b) / tau
    y = W_o (silu(W_r x + b_r) RMSNorm(scan(q / sqrt(K), k, v, l)))
    """

    def run(x, **w):
        keys, values = len(w["gate_out.bias"]), x.shape[-1]
        q, k, v = (part.unflatten(-1, (HEADS, -1)) for part in F.linear(x, w["query_key_value.weight"]).split([keys, keys, values], -1))
        log = F.logsigmoid(F.linear(F.linear(x, w["gate_in.weight"]), w["gate_out.weight"], w["gate_out.bias"])) / TEMPERATURE
        state = x.new_zeros(len(x), HEADS, keys // HEADS, values // HEADS)
        o, _ = scan(q * q.shape[-1] ** -0.5, k, v, state, log.unflatten(-1, (HEADS, -1)))
        o = (o * (o.square().mean(-1, keepdim=True) + EPSILON).rsqrt()).flatten(2) * w["norm.weight"]
        return (F.linear(F.silu(F.linear(x, w["swish.weight"], w["swish.bias"])) * o, w["output.weight"]),)

    return run


if __name__ == "__main__":
    forms.serve({
        "mamba-loop": mamba(selective_scan.loop),
        "mamba-tree": mamba(selective_scan.tree),
        "mipt-loop": mipt(complex_diagonal_scan.loop),
        "mipt-tree": mipt(complex_diagonal_scan.tree),
        "gla-chunked": gla(outer_product_scan.chunked),
        "gla-contiguous": gla(functools.partial(outer_product_scan.chunked, split=outer_product_scan.contiguous)),
    })
