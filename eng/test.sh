#!/usr/bin/env bash
# Runs every test and ends with the line "N passed, N failed, N skipped". Installs and builds what it needs first. What needs a GPU runs on one, else on an emulated one.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

eng/setup.sh || exit $?
dotnet build Sequence.Framework.sln --configuration Release --nologo --verbosity quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

log=$(mktemp)
trap 'rm -f "$log" "$log.conformance"' EXIT
options=(--configuration Release --no-build --nologo --maxcpucount:1)
on_emulated_gpu() {
  local status=0
  for project in "$@"; do
    eng/emulated-gpu.sh dotnet test "tests/Sequence.$project.Tests" "${options[@]}" --filter Device=cuda 2>&1 || status=$?
  done
  return $status
}

# A libtorch with CUDA of its own is not given another GPU. The laws on an emulated one use one core: they run beside the others from the start.
emulates= conformance=
if [ $# -eq 0 ] && eng/emulated-gpu.sh true 2>/dev/null; then
  emulates=1
  on_emulated_gpu Conformance >"$log.conformance" & conformance=$!
fi

# Other test projects one at a time: each uses every core through the tensor library.
dotnet test Sequence.Framework.sln "${options[@]}" "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ -n "$emulates" ]; then
  on_emulated_gpu Kernels Framework EndToEnd | tee -a "$log"
  others=${PIPESTATUS[0]}
  wait $conformance || status=$?
  [ "$others" -eq 0 ] || status=$others
  tee -a "$log" <"$log.conformance"
fi

# One summary line a project: "Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, ..."
awk -v status="$status" '
  /Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+/ {
    match($0, /Failed: +[0-9]+/);  failed  += substr($0, RSTART + 7, RLENGTH - 7)
    match($0, /Passed: +[0-9]+/);  passed  += substr($0, RSTART + 7, RLENGTH - 7)
    match($0, /Skipped: +[0-9]+/); skipped += substr($0, RSTART + 8, RLENGTH - 8)
  }
  END {
    if (status != 0 && failed == 0) failed = 1   # a project that crashed has no summary line
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit (failed > 0 || passed == 0)
  }' "$log"
