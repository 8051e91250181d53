"""The recurrence h_t = a_t h_(t-1) + b_t, elementwise, in three forms. a, b: [B, T, ...]; h, the state before the first token: [B, ...]."""

import torch


def loop(a, b, h):
    """One token after the other. By unbind, since the gradient of each index would be a tensor as large as the whole."""
    states = []
    for a_t, b_t in zip(a.unbind(1), b.unbind(1)):
        h = torch.addcmul(b_t, a_t, h)
        states.append(h)
    return torch.stack(states, 1)


@torch.jit.script
def scripted(a, b, h):
    """The loop, compiled."""
    states = []
    for a_t, b_t in zip(a.unbind(1), b.unbind(1)):
        h = torch.addcmul(b_t, a_t, h)
        states.append(h)
    return torch.stack(states, 1)


def tree(a, b, h):
    """By pairs: (a_1 a_0, a_1 b_0 + b_1) is a recurrence of half the length, for what stands after each pair; between, one step more. O(T) work, O(log T) depth."""
    T = a.shape[1]
    if T == 1:
        return torch.addcmul(b, a, h.unsqueeze(1))
    if T % 2:
        return tree(torch.cat([a, torch.ones_like(a[:, :1])], 1), torch.cat([b, torch.zeros_like(b[:, :1])], 1), h)[:, :T]
    a_0, a_1 = a.unflatten(1, (T // 2, 2)).unbind(2)
    b_0, b_1 = b.unflatten(1, (T // 2, 2)).unbind(2)
    after = tree(a_1 * a_0, torch.addcmul(b_1, a_1, b_0), h)
    before = torch.cat([h.unsqueeze(1), after[:, :-1]], 1)
    return torch.stack([torch.addcmul(b_0, a_0, before), after], 2).flatten(1, 2)
