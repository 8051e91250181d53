"""A Transformer's training step in PyTorch: the peer of `sequence-benchmarks transformer-step`.

The same model, initial weights, batch, optimizer, clipping and attention form as ours, written as well as PyTorch allows: one fused operator where there is
one, rotation tables made once, foreach AdamW and a foreach gradient norm.
"""

import json
import math
import struct
import sys
import time

import torch
import torch.nn.functional as F

import protocol


def read_safetensors(path):
    types = {"F32": torch.float32, "I64": torch.int64}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = torch.frombuffer(data[begin:end], dtype=types[entry["dtype"]]).view(entry["shape"]).clone()
    return tensors
