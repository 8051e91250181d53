"""Cost of one call of an operator on 16 elements, where PyTorch's Python is the peer."""

import time

import torch

import protocol

torch.set_num_threads(1)
torch.set_grad_enabled(False)

a = torch.arange(16, dtype=torch.float32)
b = a + 1
m = torch.arange(16, dtype=torch.float32).view(4, 4)
w = torch.ones(4)
z = torch.zeros(4)
mask = a > 7
index = torch.tensor([0, 2, 1, 3])

OPERATORS = {
    "add": lambda: a + b,
    "mul-scalar": lambda: a * 2.0,
    "exp": lambda: torch.exp(a),
    "sigmoid": lambda: torch.sigmoid(a),
    "matmul": lambda: torch.matmul(m, m),
    "sum-dim": lambda: m.sum(1),
    "softmax": lambda: torch.softmax(m, 1),
    "layer-norm": lambda: torch.nn.functional.layer_norm(m, (4,), w, z),
    "reshape": lambda: a.reshape(4, 4),
    "transpose": lambda: m.transpose(0, 1),
    "cat": lambda: torch.cat([a, b], 0),
    "index-select": lambda: m.index_select(0, index),
}


def nanoseconds(name, calls):
    run = OPERATORS[name]
    calls = int(calls)
    start = time.perf_counter_ns()
    for _ in range(calls):
        run()
    return (time.perf_counter_ns() - start) / calls


protocol.serve({"time": nanoseconds, "value": lambda name: OPERATORS[name]().double().flatten().tolist(), "version": lambda: torch.__version__})
