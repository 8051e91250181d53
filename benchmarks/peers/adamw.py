"""A step of AdamW in PyTorch on given parameters and gradients, in the optimizer's two forms.

open FOLDER                 parameters.safetensors, gradients.safetensors
check FORM step             writes FORM.safetensors: after three steps p - p_0, m and v; the gradient of step s is g, rolled by s - 1 along its first dimension
time FORM step CALLS        milliseconds a step
"""

import sys
import time

import torch

import device
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
    values = tensors.read(f"{folder}/parameters.safetensors", device.NAME)
    gradients = tensors.read(f"{folder}/gradients.safetensors", device.NAME)
    parameters = [torch.nn.Parameter(value) for value in values.values()]
    for parameter, gradient in zip(parameters, gradients.values()):
        parameter.grad = gradient
    return torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01, foreach=form == "foreach")


def check(form, _):
    fresh = optimizer(form)
    parameters = fresh.param_groups[0]["params"]
    before = [p.detach().clone() for p in parameters]
    gradients = [p.grad for p in parameters]
    for step in range(3):
        for p, g in zip(parameters, gradients):
            p.grad = g.roll(step, 0)
        fresh.step()
    results = {}
    for i, (p, p_0) in enumerate(zip(parameters, before)):
        results[f"change.{i}"] = p.detach() - p_0
        results[f"mean.{i}"], results[f"square.{i}"] = fresh.state[p]["exp_avg"], fresh.state[p]["exp_avg_sq"]
    tensors.write(f"{folder}/{form}.safetensors", results)
    return True


def milliseconds(form, _, steps):
    device.finish()
    start = time.perf_counter()
    for _ in range(int(steps)):
        optimizers[form].step()
    device.finish()
    return (time.perf_counter() - start) * 1e3 / int(steps)


protocol.serve({"open": open_case, "check": check, "time": milliseconds})
