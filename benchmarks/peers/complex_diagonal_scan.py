"""The complex diagonal scan in PyTorch: h_t = a_t h_(t-1) + b_t, elementwise; parts of a, b, h: [B, T, D]; of the state before: [B, D].

A compiled loop is no form of it: PyTorch 1.13 compiles the gradient of a complex product without the conjugate.
"""

import torch

import forms
import scans


def loop(a_re, a_im, b_re, b_im, h_re, h_im):
    return _parts(scans.loop(torch.complex(a_re, a_im), torch.complex(b_re, b_im), torch.complex(h_re, h_im)))


def tree(a_re, a_im, b_re, b_im, h_re, h_im):
    return _parts(scans.tree(torch.complex(a_re, a_im), torch.complex(b_re, b_im), torch.complex(h_re, h_im)))


def _parts(h):
    return h.real.contiguous(), h.imag.contiguous()


if __name__ == "__main__":
    forms.serve({"loop": loop, "tree": tree})
