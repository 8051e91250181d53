"""Memory of this process on Linux, resident, or of its tensors on a GPU: how much there is, and the largest that there was since it was asked to look."""

import ctypes

import torch

import device


def _bytes(key):
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith(key))


def look():
    """Starts the peak anew and tells what is there. What was freed before goes back first, or the next call would take it without a trace."""
    if device.NAME == "cuda":
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.memory_allocated()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/clear_refs", "w") as references:
        references.write("5")
    return _bytes("VmRSS:")


def peak():
    if device.NAME == "cuda":
        return torch.cuda.max_memory_allocated()
    return _bytes("VmHWM:")
