"""The causal depthwise convolution in PyTorch: y_t = b + sum_(j < w) W_j u_(t-j); u, y: [B, T, C]; weight: [w, C]; bias: [C]."""

import torch
import torch.nn.functional as F

import forms


def conv1d(u, weight, bias):
    """The operator for it. Its kernel is [C, 1, w], the earliest token first."""
    w, C = weight.shape
    y = F.conv1d(F.pad(u.mT, (w - 1, 0)), weight.flip(0).t().unsqueeze(1), bias, groups=C)
    return (y.mT.contiguous(),)


def shifts(u, weight, bias):
    """A sum of shifted products, in the layout of the inputs."""
    T, w = u.shape[1], len(weight)
    padded = F.pad(u, (0, 0, w - 1, 0))
    y = torch.addcmul(bias, u, weight[0])
    for j in range(1, w):
        y = torch.addcmul(y, padded[:, w - 1 - j : w - 1 - j + T], weight[j])
    return (y,)


if __name__ == "__main__":
    forms.serve({"conv1d": conv1d, "shifts": shifts})
