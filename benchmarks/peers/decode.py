"""One token after the other through a model of four layers in PyTorch, eager, in inference mode: tokens to logits, batch 1.

x = E[token];  x = x + mixer(RMSNorm(x)), four times;  logits = E RMSNorm(x)

Arguments of the program: threads, device, mixer.

open FOLDER                 weights.safetensors, tokens.safetensors
check eager step            writes eager.safetensors: the logits of every token, from an empty state
time eager step CALLS       milliseconds a token, continuing
"""

import sys
import time

import torch
import torch.nn.functional as F

import device
import protocol
import tensors
from mixers import EPSILON, HEADS, TEMPERATURE

torch.set_num_threads(int(sys.argv[1]))


def rms_norm(x, weight):
    return x * (x.square().mean(-1, keepdim=True) + EPSILON).rsqrt() * weight


class Mamba:
    def __init__(self, w):
        self.w, self.A = w, -w["a_log"].view(-1, len(w["skip"])).exp()
        self.taps = w["convolution.weight"].flip(0)
        self.h = torch.zeros_like(self.A)
        self.window = torch.zeros_like(self.taps)

    def step(self, x):
        w, N = self.w, len(self.A)
        v, z = F.linear(x, w["input.weight"]).chunk(2, -1)
        self.window = torch.cat([self.window[1:], v])
        u = F.silu((self.window * self.taps).sum(0) + w["convolution.bias"])
        r, B, C = F.linear(u, w["select.weight"]).split([w["step.weight"].shape[1], N, N])
        dt = F.softplus(F.linear(r, w["step.weight"], w["step.bias"]))
        self.h = torch.addcmul(torch.outer(B, dt * u), (dt * self.A).exp(), self.h)
        return F.linear(torch.addcmul(C @ self.h, w["skip"], u) * F.silu(z), w["output.weight"])


class Mipt:
    def __init__(self, w):
        self.w = w
        self.h = torch.zeros(1, w["projection.weight"].shape[1], dtype=torch.complex64)

    def step(self, x):
        logit, theta, re, im = F.linear(x, self.w["projection.weight"], self.w["projection.bias"]).chunk(4, -1)
        p = logit.sigmoid()
        self.h = torch.addcmul(torch.complex(p * re, p * im), torch.polar(1 - p, theta), self.h)
        return self.h.real


class Gla:
    def __init__(self, w):
        self.w = w
        self.keys, self.values = len(w["gate_out.bias"]), len(w["norm.weight"])
        self.S = torch.zeros(HEADS, self.keys // HEADS, self.values // HEADS)

    def step(self, x):
        w = self.w
        q, k, v = (part.view(HEADS, -1) for part in F.linear(x, w["query_key_value.weight"])[0].split([self.keys, self.keys, self.values]))
        gate = F.logsigmoid(F.linear(F.linear(x, w["gate_in.weight"]), w["gate_out.weight"], w["gate_out.bias"])) / TEMPERATURE
        self.S = torch.addcmul(k.unsqueeze(2) * v.unsqueeze(1), gate.exp().view(HEADS, -1, 1), self.S)
        o = ((q * q.shape[1] ** -0.5).unsqueeze(1) @ self.S).squeeze(1)
        o = (o * (o.square().mean(-1, keepdim=True) + EPSILON).rsqrt()).view(1, -1) * w["norm.weight"]
        return F.linear(F.silu(F.linear(x, w["swish.weight"], w["swish.bias"])) * o, w["output.weight"])


MIXERS = {"mamba": Mamba, "mipt": Mipt, "gla": Gla}


class Model:
    def __init__(self, mixer, weights):
        self.embedding, self.norm = weights["embedding"], weights["norm.weight"]
        layers = [{name.split(".", 2)[2]: value for name, value in weights.items() if name.startswith(f"blocks.{i}.")} for i in range(4)]
        self.norms = [layer["mixer_norm.weight"] for layer in layers]
        self.mixers = [MIXERS[mixer]({name.removeprefix("mixer."): value for name, value in layer.items()}) for layer in layers]

    def step(self, token):
        x = self.embedding[token : token + 1]
        for norm, mixer in zip(self.norms, self.mixers):
            x = x + mixer.step(rms_norm(x, norm))
        return F.linear(rms_norm(x, self.norm), self.embedding)


mixer = sys.argv[3]
folder, tokens, model = "", [], None


def fresh():
    return Model(mixer, tensors.read(f"{folder}/weights.safetensors", device.NAME))


def open_case(path):
    global folder, tokens, model
    folder = path
    tokens = tensors.read(f"{folder}/tokens.safetensors")["tokens"].flatten().tolist()
    model = fresh()
    return True


@torch.inference_mode()
def check(form, kind):
    start = fresh()
    tensors.write(f"{folder}/{form}.safetensors", {"output.0": torch.cat([start.step(token) for token in tokens])})
    return True


@torch.inference_mode()
def milliseconds(form, kind, calls):
    device.finish()
    start = time.perf_counter()
    for call in range(int(calls)):
        model.step(tokens[call % len(tokens)])
    device.finish()
    return (time.perf_counter() - start) * 1e3 / int(calls)


protocol.serve({"open": open_case, "check": check, "time": milliseconds})
