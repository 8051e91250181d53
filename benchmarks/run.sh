#!/usr/bin/env bash
# Measurements beside PyTorch, in one run, as ratios: benchmarks/run.sh [kernels | operators | transformer-step] [options].
# Options: --quick (kernels in about 3 minutes), --only NAME, --json FILE, --markdown FILE. Results go to benchmarks/results/, named by the machine and the month.
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

processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1 | sed -E 's/\((R|TM)\)//g; s/(AMD|Intel|CPU|Processor|@.*)//g' | xargs | tr 'A-Z ' 'a-z-')
name=$question
for option in "$@"; do [ "$option" = --quick ] && name=$question-quick; done
file=$root/benchmarks/results/${name}_$(nproc)-cores-${processor:-unknown}_$(date +%Y%m)
outputs=()
[[ " $* " == *" --json "* ]] || outputs+=(--json "$file.json")
[[ $question != kernels || " $* " == *" --markdown "* ]] || outputs+=(--markdown "$file.md")
mkdir -p "$root/benchmarks/results"
cd "$root"
exec "$root/artifacts/bin/Sequence.Benchmarks/release/Sequence.Benchmarks" "$question" "$@" "${outputs[@]}"
