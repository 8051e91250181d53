"""How a peer is driven: one request a line on standard input, one JSON answer a line on standard output.

The driver (benchmarks/Sequence.Benchmarks) alternates its own rounds with the peer's, so that both meet the same machine.
"""

import json
import sys


def serve(answers):
    """answers: request name -> function(arguments as strings) -> something JSON can hold."""
    for line in sys.stdin:
        name, *arguments = line.split()
        print(json.dumps(answers[name](*arguments)), flush=True)
