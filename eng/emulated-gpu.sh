#!/usr/bin/env bash
# Runs a command on a machine without a GPU as if there were one: libtorch gets a CUDA device whose memory is the machine's, and kernels for GPUs, compiled by g++, run on the
# CPU as they are written (tests/CudaEmulator). Operators refuse to mix devices, as on a real one, and gradients are computed on a thread of the device's. It is slow, and says
# nothing of speed.
#
#   eng/emulated-gpu.sh dotnet test tests/Sequence.Conformance.Tests --configuration Release --no-build --filter Device=cuda
#   eng/emulated-gpu.sh artifacts/bin/Sequence.Cli/release/sequence verify mipt --device cuda
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/artifacts/emulated-gpu"

mkdir -p "$build"
(
  flock 9
  cmake -S "$root/tests/CudaEmulator" -B "$build" >"$build/log" 2>&1 && cmake --build "$build" >>"$build/log" 2>&1 || { tail -n 20 "$build/log" >&2; exit 1; }
) 9>"$build/lock"

# libtorch has to have the device before it is asked for one, and the driver is looked for by name; what is compiled and verified here is not mixed with what is real
export SEQUENCE_EMULATED_GPU=1 SEQUENCE_NVRTC="$build/libcuda.so.1" XDG_CACHE_HOME="${TMPDIR:-/tmp}/sequence-emulated-gpu"
export LD_LIBRARY_PATH="$build${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" LD_PRELOAD="$build/libEmulatedCuda.so${LD_PRELOAD:+:$LD_PRELOAD}"
exec "$@"
