#!/usr/bin/env bash
# Tries the archive of eng/pack-offline.sh as a machine without .NET would meet it: unpacked into an empty folder, with no dotnet on the PATH, the
# native library compiled against the PyTorch of a Python, then the laws of one mixer, a comparison of two tiny models, text from one, and tests.
#
#   eng/try-offline.sh [FILE]              default: artifacts/sequence-offline.tar.xz, packed first where it is missing
#
# PYTHON names the Python (default: /usr/bin/python3). WITHOUT_CMAKE=1 hides CMake, so that the compiler is called directly.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
file=$(realpath -m "${1:-$root/artifacts/sequence-offline.tar.xz}")
[ -f "$file" ] || "$root/eng/pack-offline.sh" "$file"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tools" "$work/home" "$work/tmp"
for tool in /usr/local/bin/* /usr/bin/* /bin/*; do
  case ${tool##*/} in dotnet*) ;; cmake) [ -n "${WITHOUT_CMAKE:-}" ] || ln -sf "$tool" "$work/tools/" ;; *) ln -sf "$tool" "$work/tools/" ;; esac
done
tar -C "$work" -xf "$file"
cd "$work/sequence-offline"

bare() {
  env -i "PATH=$work/tools" "HOME=$work/home" "TMPDIR=$work/tmp" LANG=C.UTF-8 "PYTHON=${PYTHON:-/usr/bin/python3}" "OMP_NUM_THREADS=${OMP_NUM_THREADS:-2}" DEVICE=cpu "$@"
}
expect() { [ -s "$1" ] || { echo "try-offline: $1 is missing or empty" >&2; exit 1; }; }
! bare bash -c 'command -v dotnet' || { echo "try-offline: there is still a dotnet" >&2; exit 1; }

bare ./run-offline.sh build
expect results/machine.txt
bare ./run-offline.sh verify mipt
expect results/verify.json
bare ./run-offline.sh tests interop 2>"$work/refused" && { echo "try-offline: tests of no name ran" >&2; exit 1; }
grep -q 'There are: ' "$work/refused"
bare ./run-offline.sh tests Harness
expect results/tests/summary.txt
if bare ./run-offline.sh compare no/such.json 2>"$work/refused"; then echo "try-offline: a missing file was compared" >&2; exit 1; fi
grep -q 'configs/comparisons/quickstart.json' "$work/refused"

mkdir "$work/tiny"
for row in $(seq 1 60); do printf '1,"the ship is at war %d"\n2,"the sea is at peace %d"\n' "$row" "$row"; done >"$work/tiny/rows.csv"
cat >"$work/tiny/task.json" <<'JSON'
{ "name": "text-classification", "train": "rows.csv", "test": "rows.csv", "tokenizer": { "name": "word" }, "maxLength": 16, "validationRows": 20 }
JSON
for mixer in attention mipt; do
  printf '{ "dModel": 16, "norm": "rms", "blocks": [{ "mixer": "%s" }], "readOut": "mean" }\n' $mixer >"$work/tiny/$mixer.json"
done
cat >"$work/tiny/pair.json" <<'JSON'
{
  "task": "task.json",
  "models": { "attention": { "model": "attention.json" }, "mipt": { "model": "mipt.json" } },
  "seeds": [1],
  "training": { "steps": 10, "batchSize": 8 }
}
JSON
bare ./run-offline.sh compare "$work/tiny/pair.json"
expect results/pair/report.md

for line in $(seq 1 200); do echo "the ship $line goes out upon the tide"; done >"$work/tiny/text.txt"
printf '{ "name": "language-model", "text": "text.txt", "validationFraction": 0.1, "testFraction": 0.1, "tokenizer": "byte", "sequenceLength": 32 }\n' >"$work/tiny/text.json"
printf '{ "dModel": 16, "norm": "rms", "blocks": [{ "mixer": "mipt" }] }\n' >"$work/tiny/writer.json"
printf '{ "task": "text.json", "model": "writer.json", "training": { "steps": 5, "batchSize": 4 } }\n' >"$work/tiny/verse.json"
bare ./run-offline.sh train "$work/tiny/verse.json"
bare ./run-offline.sh generate results/verse --prompt "The" --max-tokens 5
bare ./run-offline.sh kernels >/dev/null
echo "try-offline: $(basename "$file") works without .NET"
