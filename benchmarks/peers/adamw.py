"""A step of AdamW in PyTorch on given parameters and gradients, in the optimizer's two forms.

open FOLDER                 parameters.safetensors, gradients.safetensors
check FORM step             writes FORM.safetensors: the parameters after three steps
time FORM step CALLS        milliseconds a step
"""

import sys
import time

import torch

import protocol
import tensors

torch.set_num_threads(int(sys.argv[1]))
folder = ""
optimizers = {}


def open_case(path):
    global folder
    folder = path
    for name in ("foreach", "single"):
        optimizers[name] = optimizer(name)
    return True


def optimizer(form):
    values = tensors.read(f"{folder}/parameters.safetensors")
    gradients = tensors.read(f"{folder}/gradients.safetensors")
    parameters = [torch.nn.Parameter(value) for value in values.values()]
    for parameter, gradient in zip(parameters, gradients.values()):
        parameter.grad = gradient
    return torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01, foreach=form == "foreach")


def check(form, _):
    fresh = optimizer(form)
    for _ in range(3):
        fresh.step()
    tensors.write(f"{folder}/{form}.safetensors", {f"output.{i}": p for i, p in enumerate(fresh.param_groups[0]["params"])})
    return True


def milliseconds(form, _, steps):
    start = time.perf_counter()
    for _ in range(int(steps)):
        optimizers[form].step()
    return (time.perf_counter() - start) * 1e3 / int(steps)


protocol.serve({"open": open_case, "check": check, "time": milliseconds})
