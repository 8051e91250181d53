#!/usr/bin/env bash
# Measurements beside PyTorch, in one run, as ratios: benchmarks/run.sh [kernels | operators | transformer-step] [options].
# Options: --quick (kernels in about 3 minutes), --only NAME (may be repeated), --resume (goes on where a run was stopped), --json FILE, --markdown FILE,
# --device cpu|cuda, --type float32|bfloat16, --minutes N (then what there is is written). PEER_PATH names folders of other libraries that kernels are compared with
# where they can be imported (flash-linear-attention: a folder that holds fla/ and einops/).
# Results of a whole run go to benchmarks/results/, named by the machine and the month; those of a part (--only) to files that are named.
# The peer is the python3 that has PyTorch, or the one named in PYTHON.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
question=kernels
if [ $# -gt 0 ] && [[ $1 != -* ]]; then question=$1; shift; fi

if [ -z "${PYTHON:-}" ]; then
  for python in python3 /usr/bin/python3; do
    if "$python" -c 'import torch' 2>/dev/null; then PYTHON=$python; break; fi
  done
fi
if [ -z "${PYTHON:-}" ]; then
  echo "run: no python3 has PyTorch. Install one (apt-get install python3-torch) or name one in PYTHON." >&2
  exit 2
fi
export PYTHON

"$root/eng/setup.sh"
dotnet build "$root/benchmarks/Sequence.Benchmarks" --configuration Release --nologo --verbosity quiet

cd "$root"
results=()
case $question in kernels | operators | transformer-step) results=(--results benchmarks/results) ;; esac
exec "$root/artifacts/bin/Sequence.Benchmarks/release/Sequence.Benchmarks" "$question" "${results[@]}" "$@"
