#!/usr/bin/env bash
# Every measurement beside its peer, results under benchmarks/results/. Options go to each: --quick for fewer rounds.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/eng/setup.sh"
dotnet build "$root/benchmarks/Sequence.Benchmarks" --configuration Release --nologo --verbosity quiet
mkdir -p "$root/benchmarks/results"
for question in operators transformer-step; do
  "$root/artifacts/bin/Sequence.Benchmarks/release/Sequence.Benchmarks" "$question" --json "$root/benchmarks/results/$question.json" "$@"
done
