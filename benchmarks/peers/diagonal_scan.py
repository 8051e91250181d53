"""The real diagonal scan in PyTorch: h_t = exp(l_t) h_(t-1) + b_t, elementwise; log, input, h: [B, T, D]; initial: [B, D]."""

import forms
import others
import scans


def loop(log, input, initial):
    return (scans.loop(log.exp(), input, initial),)


def scripted(log, input, initial):
    return (scans.scripted(log.exp(), input, initial),)


def tree(log, input, initial):
    return (scans.tree(log.exp(), input, initial),)


def fla(hgrn, log, input, initial):
    """flash-linear-attention's kernel, one token after the other in each block of channels."""
    return (hgrn.fused_recurrent_hgrn(input, log, initial_state=initial)[0],)


if __name__ == "__main__":
    forms.serve({"loop": loop, "scripted": scripted, "tree": tree} | others.forms("fla.ops.hgrn", fla=fla))
