"""Serves an operation in several forms, each a function of named tensors that returns a tuple of outputs.

open FOLDER                 the tensors: inputs.safetensors, to which gradients are taken; constants.safetensors; gradients.safetensors, those of the outputs
check FORM PASS             writes FORM.safetensors: output.0, output.1, ... and, of both, gradient.NAME for every input
time FORM PASS CALLS        milliseconds a call
peak FORM PASS              bytes of memory that a call takes beyond what is there before it
forms                       the names of the forms

PASS is forward (without a graph) or both (forward and backward). Arguments of the program: threads, device.
"""

import sys
import time

import torch

import device
import memory
import protocol
import tensors


class Case:
    """The tensors of one size."""

    def __init__(self, folder):
        self.folder = folder
        self.inputs = {name: tensor.requires_grad_() for name, tensor in tensors.read(f"{folder}/inputs.safetensors", device.NAME).items()}
        self.constants = tensors.read(f"{folder}/constants.safetensors", device.NAME)
        self.gradients = list(tensors.read(f"{folder}/gradients.safetensors", device.NAME).values())

    def forward(self, form):
        with torch.no_grad():
            return form(**self.inputs, **self.constants), ()

    def both(self, form):
        outputs = form(**self.inputs, **self.constants)
        return outputs, torch.autograd.grad(outputs, list(self.inputs.values()), self.gradients, allow_unused=True)


def serve(forms):
    """forms: name -> function(**tensors) -> tuple of outputs."""
    torch.set_num_threads(int(sys.argv[1]))
    case = None

    def open_case(folder):
        nonlocal case
        case = Case(folder)
        return True

    def check(name, kind):
        outputs, gradients = getattr(case, kind)(forms[name])
        result = {f"output.{i}": output for i, output in enumerate(outputs)}
        result |= {f"gradient.{of}": gradient for of, gradient in zip(case.inputs, gradients) if gradient is not None}
        tensors.write(f"{case.folder}/{name}.safetensors", result)
        return True

    def milliseconds(name, kind, calls):
        run, form = getattr(case, kind), forms[name]
        device.finish()
        start = time.perf_counter()
        for _ in range(int(calls)):
            run(form)
        device.finish()
        return (time.perf_counter() - start) * 1e3 / int(calls)

    def peak(name, kind):
        before = memory.look()
        getattr(case, kind)(forms[name])
        return memory.peak() - before

    protocol.serve({"open": open_case, "check": check, "time": milliseconds, "peak": peak, "forms": lambda: list(forms), "version": lambda: torch.__version__})
