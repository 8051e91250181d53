"""The loss of a language model's head in PyTorch: mean_n -log softmax(W x_n)[target_n]; x: [N, D]; weight W: [V, D]; targets: [N]."""

import torch.nn.functional as F

import forms


def logits(x, weight, targets):
    return (F.cross_entropy(F.linear(x, weight), targets),)


if __name__ == "__main__":
    forms.serve({"logits": logits})
