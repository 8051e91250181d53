"""Kernels of other libraries, which need not be there: whoever has them names their folders in PEER_PATH, separated as those of PATH are."""

import importlib
import os
import sys

sys.path[:0] = [folder for folder in os.environ.get("PEER_PATH", "").split(os.pathsep) if folder]


def forms(module, **named):
    """The forms, if the module can be imported; each form is a function whose first argument is the module."""
    try:
        library = importlib.import_module(module)
    except Exception as reason:
        if not (isinstance(reason, ModuleNotFoundError) and reason.name == module.split(".")[0]):
            print(f"{module}: {reason}", file=sys.stderr)
        return {}
    return {name: lambda _form=form, **tensors: _form(library, **tensors) for name, form in named.items()}
