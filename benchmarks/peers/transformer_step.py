"""A Transformer's training step in PyTorch: the peer of `sequence-benchmarks transformer-step`.

The same model, initial weights, batch, optimizer, clipping and attention form as ours, written as well as PyTorch allows: one fused operator where there is
one, rotation tables made once, foreach AdamW and a foreach gradient norm.
"""

import math
import sys
import time

import torch
import torch.nn.functional as F

import protocol
import tensors


folder, threads, heads, clip, rate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), 1.0, 1e-3
torch.set_num_threads(threads)

weights = {name: torch.nn.Parameter(value) for name, value in tensors.read(f"{folder}/weights.safetensors").items()}
batch = tensors.read(f"{folder}/batch.safetensors")
tokens, targets = batch["tokens"], batch["targets"]
layers = len({name.split(".")[1] for name in weights if name.startswith("blocks.")})
B, T = tokens.shape
D = weights["embedding"].shape[1]
K = D // heads

frequencies = torch.exp(torch.arange(0, K, 2, dtype=torch.float64) * (-math.log(10_000) / K))
angles = torch.arange(T, dtype=torch.float64)[:, None] * frequencies
cos, sin = angles.cos().float(), angles.sin().float()

attend = getattr(F, "scaled_dot_product_attention", None)


def attention(q, k, v):
    if attend is not None:
        return attend(q, k, v, is_causal=True)
    return torch._C._nn._scaled_dot_product_attention(q, k, v, None, 0.0, False, True)[0]


def rotate(x):
    left, right = x.chunk(2, -1)
    return torch.cat([left * cos - right * sin, left * sin + right * cos], -1)


def forward():
    x = F.embedding(tokens, weights["embedding"])
    for layer in range(layers):
        p = lambda name: weights[f"blocks.{layer}.{name}"]
        h = F.layer_norm(x, (D,), p("mixer_norm.weight"), p("mixer_norm.bias"))
        qkv = F.linear(h, p("mixer.query_key_value.weight"), p("mixer.query_key_value.bias"))
        q, k, v = qkv.view(B, T, 3 * heads, K).transpose(1, 2).chunk(3, 1)
        y = attention(rotate(q), rotate(k), v).transpose(1, 2).reshape(B, T, D)
        x = x + F.linear(y, p("mixer.output.weight"), p("mixer.output.bias"))
        h = F.layer_norm(x, (D,), p("channel_norm.weight"), p("channel_norm.bias"))
        h = F.gelu(F.linear(h, p("channel_mixer.up.weight"), p("channel_mixer.up.bias")))
        x = x + F.linear(h, p("channel_mixer.down.weight"), p("channel_mixer.down.bias"))
    x = F.layer_norm(x, (D,), weights["norm.weight"], weights["norm.bias"])
    logits = F.linear(x, weights["embedding"])
    return F.cross_entropy(logits.view(B * T, -1), targets.view(-1))


parameters = list(weights.values())
matrices = [p for p in parameters if p.dim() > 1]
vectors = [p for p in parameters if p.dim() <= 1]
optimizer = torch.optim.AdamW(
    [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}], lr=rate, betas=(0.9, 0.98), foreach=True)


def clip_gradients():
    gradients = [p.grad for p in parameters]
    norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
    factor = min(1.0, clip / (norm.item() + 1e-6))
    if factor < 1:
        torch._foreach_mul_(gradients, factor)


def step():
    loss = forward()
    loss.backward()
    clip_gradients()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


def timed_step():
    start = time.perf_counter()
    step()
    return (time.perf_counter() - start) * 1e3


protocol.serve({"loss": step, "step": timed_step, "version": lambda: torch.__version__})
