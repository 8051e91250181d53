"""Where a peer computes: the program's second argument, cpu or cuda. Products are in float32 where tensors are, not in shorter ones that take its place."""

import sys

import torch

NAME = sys.argv[2]

if NAME == "cuda":
    torch.set_default_device("cuda")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def finish():
    """Waits until the device has done what it was given."""
    if NAME == "cuda":
        torch.cuda.synchronize()
