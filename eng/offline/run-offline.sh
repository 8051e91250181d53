#!/usr/bin/env bash
# Sequence.Framework on a machine without network and without .NET: everything is here but the PyTorch of that machine's Python.
#
#   ./run-offline.sh [all]                 verify, the tests that need a GPU, and decoding by position
#   ./run-offline.sh build                 the native library for this PyTorch; done by itself where it is missing or PyTorch has changed
#   ./run-offline.sh plan [FILE]           everything that is worth measuring on a GPU, stage by stage, each with a time of its own (gpu.plan, or FILE, which
#                                          says how it is written); a second call goes on. MINUTES ends it after so many, COLLECT names a folder for what there is
#   ./run-offline.sh verify [MIXER...]     the laws, on the device; writes verify.json
#   ./run-offline.sh laws [OPTION...]      the same for every mixer and policy by itself, several at once (JOBS), each into a file of its own, done ones left as they
#                                          are; options are those of verify: --kernels reference --type bfloat16
#   ./run-offline.sh tests [all | NAME]    the tests that need a GPU; every test; those of the assemblies whose names hold NAME
#   ./run-offline.sh bench [FILE]          decoding by position (configs/bench/decode-latency.json, or FILE)
#   ./run-offline.sh bench kernels [...]   scans, attention and training steps beside PyTorch (options of benchmarks/run.sh: --quick, --only NAME, --type bfloat16)
#   ./run-offline.sh compare FILE [...]    a comparison; the report is in results/NAME/report.md
#   ./run-offline.sh train FILE [...]      one model; the run is in results/NAME
#   ./run-offline.sh collect FOLDER        results as files of at most 15 MiB, results.tar.xz or parts of it (cat results.tar.xz.* > results.tar.xz), without weights
#   ./run-offline.sh generate RUN [...]    text from such a run
#   ./run-offline.sh VERB [...]            any other verb of the command: plugins, kernels, tasks, policies, ...
#
# Needs Linux (glibc 2.27 or later), a Python 3 with PyTorch (1.13 or 2.x, with CUDA or without) and g++ 9 or later. CMake is used where there is one.
# Set in the environment, where needed:
#   PYTHON   the Python that has PyTorch (default: the first of python3 and /usr/bin/python3 that has it)
#   DEVICE   cpu, cuda or cuda:INDEX (default: cuda where PyTorch sees a GPU, else cpu)
#   OUT      the folder for results (default: results, beside this script)
#   CXX      the C++ compiler (default: g++)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { echo "run-offline: $*" >&2; }
stop() { say "$1"; shift; for line in "$@"; do echo "  $line" >&2; done; exit 2; }

case ${1:-} in -h | --help | help) sed -n '2,/^set /{/^set /d;p}' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'; exit 0 ;; esac

[ -x "$root/dotnet/dotnet" ] && [ -d "$root/artifacts/bin" ] ||
  stop "this script runs inside an archive that eng/pack-offline.sh has made, unpacked." "$root holds none: in a checkout use ./sequence, ./eng/test.sh and ./benchmarks/run.sh."
case "$(uname -s)-$(uname -m)" in
  "$(cat "$root/platform")") ;;
  *) stop "this archive is for $(cat "$root/platform"), and this machine is $(uname -s)-$(uname -m)." "Pack it on a machine of the same kind." ;;
esac

# the runner of tests would look for the ICU libraries, which a bare machine may lack
export DOTNET_ROOT="$root/dotnet" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
export PATH="$root/dotnet:$PATH"
sequence="$root/artifacts/bin/Sequence.Cli/release/sequence"
native="$root/artifacts/native"
OUT=${OUT:-$root/results}
mkdir -p "$OUT" 2>/dev/null && [ -w "$OUT" ] || stop "the folder for results, $OUT, cannot be written." "Name another one: OUT=/some/folder $0 ..."
OUT=$(cd "$OUT" && pwd)

# ---- the PyTorch of this machine

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3 python; do
    if "$candidate" -c 'import torch' 2>/dev/null; then PYTHON=$(command -v "$candidate"); export PYTHON; return; fi
    [ "$candidate" = "${PYTHON:-}" ] && stop "$PYTHON (PYTHON) has no PyTorch:" "$("$candidate" -c 'import torch' 2>&1 | tail -n 1)"
  done
  stop "no Python with PyTorch was found (python3, /usr/bin/python3)." "Activate its environment, or name it: PYTHON=/path/to/python3 $0 ..."
}

# One line a fact: where its headers and libraries are, what it was built with, what it sees.
describe_torch() {
  "$PYTHON" - <<'PY' 2>/dev/null
import glob, os, torch
package = os.path.dirname(os.path.abspath(torch.__file__))
# cmake_prefix_path is <root>/share/cmake; a distribution keeps headers and libraries in its own places instead
roots = [os.path.dirname(os.path.dirname(torch.utils.cmake_prefix_path)), package, "/usr", "/usr/local"]
version_header = "include/torch/csrc/api/include/torch/version.h"
libraries = lambda root: [os.path.dirname(path) for folder in ("lib", "lib/*-linux-gnu", "lib64") for path in sorted(glob.glob(os.path.join(root, folder, "libtorch_cpu.so")))]
root = next((root for root in roots if os.path.exists(os.path.join(root, version_header)) and libraries(root)), "")
cuda = torch.cuda.is_available()
cxx11 = getattr(torch._C, "_GLIBCXX_USE_CXX11_ABI", True)
homes = [os.environ.get("CUDA_HOME"), os.environ.get("CUDA_PATH"), "/usr/local/cuda", "/usr"]
headers = [os.path.join(home, "include") for home in homes if home] + sorted(glob.glob(os.path.join(package, "..", "nvidia", "*", "include")))
headers = [folder for folder in headers if os.path.exists(os.path.join(folder, "cuda_runtime_api.h"))]
facts = {
    "torch_version": torch.__version__, "torch_root": root, "torch_lib": (libraries(root) or [""])[0] if root else "",
    "torch_cxx11": int(bool(cxx11)), "torch_cuda": torch.version.cuda or "", "torch_hip": getattr(torch.version, "hip", None) or "",
    "torch_cuda_headers": os.path.normpath(headers[0]) if headers and torch.version.cuda else "",
    # found by run paths of the wheels already, if all is well; NVRTC may be the toolkit's
    "torch_companions": ":".join(sorted(glob.glob(os.path.join(os.path.dirname(package), "nvidia", "*", "lib"))) or [
        folder for home in homes[:3] if home for folder in (os.path.join(home, "lib64"), os.path.join(home, "lib")) if glob.glob(os.path.join(folder, "libnvrtc.so*"))][:1]),
    "torch_gpus": torch.cuda.device_count() if cuda else 0, "torch_gpu": torch.cuda.get_device_name(0) if cuda else "",
}
for name, value in facts.items():
    print(f"{name}={value}")
PY
}

read_torch() {
  find_python
  local facts line
  facts=$(describe_torch) || stop "PyTorch of $PYTHON did not tell where it is:" "$("$PYTHON" -c 'import torch, torch.utils; torch.utils.cmake_prefix_path' 2>&1 | tail -n 1)"
  while IFS= read -r line; do declare -g "${line%%=*}=${line#*=}"; done <<<"$facts"
  [ -z "$torch_hip" ] || stop "PyTorch $torch_version of $PYTHON is built for ROCm, which this framework does not know." "Use one for CUDA or for the CPU."
  [ -n "$torch_root" ] || stop "PyTorch $torch_version of $PYTHON came without its C++ headers (include/torch) or libtorch_cpu.so." \
    "A wheel of PyTorch has them; on Debian and Ubuntu they are in the package libtorch-dev. PYTHON names another Python."
}

# ---- the native library

# The process is .NET's, not Python's: what Python would have loaded before PyTorch has to be found by name.
find_companions() {
  local beside="$torch_companions"
  [ -z "${CONDA_PREFIX:-}" ] || [ ! -e "$CONDA_PREFIX/lib/libstdc++.so.6" ] || beside="$beside${beside:+:}$CONDA_PREFIX/lib"
  [ -z "$beside" ] || export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$beside"
}

compiler() {
  CXX=${CXX:-g++}
  command -v "$CXX" >/dev/null || stop "the native library is compiled here, and there is no $CXX." "Install a C++ compiler (g++ 9 or later), load its module, or name one: CXX=clang++ $0 ..."
  export CXX
}

with_cmake() {
  cmake -S "$root/src/TorchSharp.SystemLibtorch/native" -B "$native" -DCMAKE_BUILD_TYPE=Release "-DLIBTORCH=$torch_root" &&
    cmake --build "$native" --parallel "$(nproc)"
}

# What CMakeLists.txt does, for a machine that has the compiler alone.
with_compiler() {
  local source="$root/src/TorchSharp.SystemLibtorch/native" standard=17 file
  local major minor
  IFS=. read -r major minor _ <<<"$torch_version"
  [ "$major" -gt 2 ] || { [ "$major" -eq 2 ] && [ "$minor" -ge 10 ]; } && standard=20
  local flags=(-std=c++$standard -O2 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden "-D_GLIBCXX_USE_CXX11_ABI=$torch_cxx11")
  # the compiler looks in /usr/include by itself, and in the right order
  [ "$torch_root" = /usr ] || flags+=(-isystem "$torch_root/include")
  flags+=(-isystem "$torch_root/include/torch/csrc/api/include")
  local libraries=(-ltorch -ltorch_cpu -lc10)
  if [ -e "$torch_lib/libtorch_cuda.so" ] && [ -e "$torch_lib/libc10_cuda.so" ]; then
    libraries+=(-ltorch_cuda -lc10_cuda)
    if [ -n "$torch_cuda_headers" ] && "$CXX" "${flags[@]}" -idirafter "$torch_cuda_headers" -fsyntax-only "$source/probe/cuda_headers.cpp"; then
      flags+=(-idirafter "$torch_cuda_headers" -DSEQUENCE_CUDA)
    fi
  fi
  flags_of() { printf '%q ' "${flags[@]}"; [ "$1" != threads ] || printf -- '-fopenmp'; }
  for file in "$source"/*.cpp; do
    file=$(basename "$file" .cpp)
    printf '%q %s -c %q -o %q\0' "$CXX" "$(flags_of "$file")" "$source/$file.cpp" "$native/$file.o"
  done | xargs -0 -P "$(nproc)" -I{} bash -c '{}' &&
    "$CXX" -shared -o "$native/libSequenceTorch.so" "$native"/*.o -Wl,--no-as-needed "-L$torch_lib" "${libraries[@]}" -ldl "-Wl,-rpath,$torch_lib"
}

build() {
  local wanted="$torch_version $torch_lib ${CXX:-g++}" log="$OUT/build.log"
  if [ -f "$native/libSequenceTorch.so" ] && [ "$(cat "$native/built" 2>/dev/null)" = "$wanted" ]; then return; fi
  compiler
  rm -rf "$native"; mkdir -p "$native"
  say "building the native library for PyTorch $torch_version in $torch_root (a minute or two, once)"
  local way=with_cmake
  command -v cmake >/dev/null && { command -v make >/dev/null || command -v ninja >/dev/null; } || way=with_compiler
  if ! $way >"$log" 2>&1; then
    if [ $way = with_cmake ] && { say "CMake did not get there; trying the compiler alone"; cp "$log" "$OUT/build-cmake.log"; rm -rf "$native"; mkdir -p "$native"; with_compiler >"$log" 2>&1; }; then
      :
    else
      grep -m 5 -E 'error|Error' "$log" >&2 || tail -n 5 "$log" >&2
      stop "the native library did not compile against PyTorch $torch_version; the compiler's whole output is in $log."
    fi
  fi
  local beside
  find "$root/artifacts/bin" -name TorchSharp.dll -printf '%h\n' | while IFS= read -r beside; do
    ln -sf "$native/libSequenceTorch.so" "$beside/libSequenceTorch.so"
  done
  "$sequence" plugins >"$log.load" 2>&1 || { cat "$log.load" >&2; stop "the native library was built, but the command does not run with it (above)." \
    "PyTorch's own libraries may need others: LD_LIBRARY_PATH is ${LD_LIBRARY_PATH:-empty}; ldd $native/libSequenceTorch.so shows what is not found."; }
  rm -f "$log.load"
  echo "$wanted" >"$native/built"
}

# ---- what is run

choose_device() {
  if [ -z "${DEVICE:-}" ]; then
    DEVICE=cpu
    if [ "$torch_gpus" -gt 0 ]; then DEVICE=cuda; else say "PyTorch $torch_version sees no GPU${torch_cuda:+ (it is built for CUDA $torch_cuda: is there a driver?)}: everything runs on the CPU"; fi
  fi
}

record_machine() {
  {
    date -u '+%Y-%m-%d %H:%M:%S UTC'
    uname -srm
    grep -m 1 'model name' /proc/cpuinfo || true
    echo "processors: $(nproc)"
    echo "python: $PYTHON, PyTorch $torch_version, CUDA ${torch_cuda:-none}, GPUs $torch_gpus${torch_gpu:+ ($torch_gpu)}"
    "${CXX:-g++}" --version 2>/dev/null | head -n 1 || true
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || true
    cat "$root/packed"
  } >"$OUT/machine.txt"
}

# names NAME ARGUMENT...: whether the option is among the arguments already
names() { local name=$1 argument; shift; for argument; do case $argument in "$name" | "$name"=*) return 0 ;; esac; done; return 1; }

on_device() { if names --device "$@"; then "$sequence" "$@"; else "$sequence" "$@" --device "$DEVICE"; fi; }

# a verb that writes a folder: into that for results, under the name of its file
into_results() {
  local verb=$1 file=$2; shift 2
  [ -f "$file" ] || stop "there is no file $file." "Those that came along: $(cd "$root" && find configs/bench configs/comparisons configs/papers configs/runs -name '*.json' | sort | tr '\n' ' ')"
  if names --output "$@" || names -o "$@" || names --dry-run "$@"; then on_device "$verb" "$file" "$@"; else on_device "$verb" "$file" --output "$OUT/$(basename "$file" .json)" "$@"; fi
}

verify() {
  local file="$OUT/verify.json" status=0
  say "verify on $DEVICE (every mixer and cache policy against every law: minutes)"
  on_device verify "$@" --json >"$file" || status=$?
  [ -s "$file" ] || return $status
  tell_grades "$file" | tee "$OUT/verify.txt"
  return $status
}

# one process a mixer or policy: a file that is there is done, since it is named so last
laws() {
  local folder status=0
  folder="$OUT/laws/$(echo "$DEVICE $*" | tr -cs 'a-zA-Z0-9\n' '-' | sed 's/-*$//')"
  mkdir -p "$folder"
  say "laws on $DEVICE${*:+, $*}: ${JOBS:=$(($(nproc) > 3 ? $(nproc) / 2 : 1))} at once"
  export sequence folder DEVICE
  # threads that several processes at once would fight for
  "$sequence" plugins --json | "$PYTHON" -c '
import json, sys
parts = [part for plugin in json.load(sys.stdin) for part in plugin["components"]]
print("\n".join(part["name"] for kind in ("mixer", "cache-policy") for part in parts if part["kind"] == kind))' |
    OMP_NUM_THREADS=1 xargs -P "$JOBS" -I{} bash -c '
      name=$1 && shift
      [ ! -s "$folder/$name.json" ] || exit 0
      "$sequence" verify "$name" --device "$DEVICE" --json "$@" >"$folder/$name.partial" 2>"$folder/$name.log"
      code=$?
      [ -s "$folder/$name.log" ] || rm -f "$folder/$name.log"
      [ $code -le 1 ] && mv "$folder/$name.partial" "$folder/$name.json"' laws {} "$@" || status=1
  tell_grades "$folder"/*.json | tee "$folder.txt"
  [ "${PIPESTATUS[0]}" = 0 ] && [ $status = 0 ]
}

# tell_grades FILE...: what is broken, and how many are not
tell_grades() {
  "$PYTHON" - "$@" <<'PY'
import json, os, sys
grades = [grade for file in sys.argv[1:] if os.path.exists(file) for grade in json.load(open(file))]
broken = [grade for grade in grades if not grade["passed"]]
skipped = [grade for grade in grades if grade.get("skipped")]
fused = [grade for grade in grades if any(form["fused"] for form in grade["forms"])]
for grade in broken:
    print(f'{grade["mixer"]} ({grade["plugin"]}) breaks {grade["law"]}: {grade.get("message")} (worst {grade.get("worst")}, tolerance {grade.get("tolerance")}, {grade.get("variant")})')
print(f"verify: {len(grades) - len(broken) - len(skipped)} of {len(grades) - len(skipped)} grades passed, {len(broken)} broken, {len(skipped)} skipped; a fused form ran in {len(fused)}")
sys.exit(bool(broken))
PY
}

tests() {
  local wanted=${1:-gpu} filter=() assembly name log status=0 ran=0
  case $wanted in
    # all but the laws, which verify tries
    gpu) filter=("--TestCaseFilter:Device=cuda&FullyQualifiedName!~Conformance.Tests.CudaTests") ;;
    # those that look at sources have none here
    *) filter=("--TestCaseFilter:Needs!=checkout") ;;
  esac
  [ "$wanted" != all ] || wanted=""
  rm -rf "$OUT/tests"; mkdir -p "$OUT/tests"
  for assembly in "$root"/artifacts/bin/*.Tests/release/*.Tests.dll; do
    name=$(basename "$assembly" .dll)
    case $wanted in "") ;; gpu) grep -q CudaFactAttribute "$assembly" || continue ;; *) [[ ${name,,} == *"${wanted,,}"* ]] || continue ;; esac
    log="$OUT/tests/$name.log"
    say "tests: $name"
    ran=$((ran + 1))
    dotnet "$root/dotnet/vstest/vstest.console.dll" "$assembly" "${filter[@]}" "--logger:trx;LogFileName=$name.trx" "--ResultsDirectory:$OUT/tests" >"$log" 2>&1 && continue
    status=1
    if grep -q '^ *Failed ' "$log"; then grep -A 2 '^ *Failed ' "$log" >&2; else say "$name did not run to its end; the end of $log:"; tail -n 5 "$log" >&2; fi
  done
  [ $ran -gt 0 ] || stop "no tests are named $wanted." "There are: $(cd "$root/artifacts/bin" && echo *.Tests)"
  # one line an assembly: "Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, ..."
  awk -v status=$status '
    /Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+/ {
      match($0, /Failed: +[0-9]+/);  failed  += substr($0, RSTART + 7, RLENGTH - 7)
      match($0, /Passed: +[0-9]+/);  passed  += substr($0, RSTART + 7, RLENGTH - 7)
      match($0, /Skipped: +[0-9]+/); skipped += substr($0, RSTART + 8, RLENGTH - 8)
    }
    END {
      if (status && !failed) failed = 1
      printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    }' "$OUT"/tests/*.log | tee "$OUT/tests/summary.txt"
  return $status
}

bench() {
  local name=${1:-} own=() argument
  if [ "$name" = kernels ] || [ "$name" = operators ] || [ "$name" = transformer-step ]; then
    if [ "$name" = kernels ]; then
      names --device "$@" || own+=(--device "${DEVICE%%:*}")
      for argument; do [ "$argument" != bfloat16 ] || name=kernels-bfloat16; done
      own+=(--markdown "$OUT/$name.md")
    fi
    (cd "$root" && "$root/artifacts/bin/Sequence.Benchmarks/release/Sequence.Benchmarks" "$@" "${own[@]}" --json "$OUT/$name.json") | tee "$OUT/$name.txt"
    return "${PIPESTATUS[0]}"
  fi
  local file="$root/configs/bench/decode-latency.json"
  if [ $# -gt 0 ] && [[ $1 != -* ]]; then file=$1; shift; fi
  into_results bench "$file" "$@"
}

compare() { [ $# -gt 0 ] || stop "compare needs a file, such as configs/comparisons/quickstart.json."; into_results compare "$@"; }

train() { [ $# -gt 0 ] || stop "train needs a file, such as configs/runs/tiny-shakespeare-mipt.json."; into_results train "$@"; }

# ---- a plan: stages with times of their own, in the order of their worth

# What is over: done, or failed (tried again where AGAIN is set). What ran out of time is gone on with by the next call.
stage_is_over() { if [ -n "${AGAIN:-}" ]; then grep -q "^$1 done" "$OUT/plan.txt"; else grep -qE "^$1 (done|failed)" "$OUT/plan.txt"; fi; }

run_stage() {
  local name=$1 limit=$2 start=$SECONDS status=0 word=done
  shift 2
  timeout --kill-after=20 "$limit" "$0" "$@" >"$OUT/stages/$name.log" 2>&1 &
  local group=$! grace=20
  wait $group || status=$?
  # what was asked to stop and goes on with its step would take its part of the device from the next stage
  while kill -0 -- "-$group" 2>/dev/null; do
    [ $((grace--)) -gt 0 ] || kill -KILL -- "-$group" 2>/dev/null || true
    sleep 1
  done
  case $status in 0) ;; 124 | 137 | 143) word="out of time" ;; *) word="failed with $status" ;; esac
  { flock 9; sed -i "/^$name /d" "$OUT/plan.txt"; echo "$name $word, $((SECONDS - start)) of $limit s: $*" >>"$OUT/plan.txt"; } 9>"$OUT/stages/lock"
  say "$name: $word after $((SECONDS - start)) s: $(tail -n 1 "$OUT/stages/$name.log" | cut -c 1-200)"
}

plan() {
  local file=${1:-$root/gpu.plan} name limit rest left end
  [ -f "$file" ] || stop "there is no file $file."
  end=$((SECONDS + $(awk -v minutes="${MINUTES:-1440}" 'BEGIN { printf "%d", minutes * 60 }')))
  mkdir -p "$OUT/stages"; touch "$OUT/plan.txt"
  export READY=1 PYTHON DEVICE OUT
  while read -r name limit rest; do
    case $name in '' | '#'*) continue ;; +*) name=${name#+} ;; *) wait ;; esac
    if stage_is_over "$name"; then say "$name: $(sed -n "s/^$name \([^,]*\),.*/\1/p" "$OUT/plan.txt"), before"; continue; fi
    left=$((end - SECONDS))
    [ $left -gt 20 ] || { say "$name: no time left"; continue; }
    eval "set -- $rest"
    run_stage "$name" $((limit < left ? limit : left)) "$@" </dev/null &
  done <"$file"
  wait
  cat "$OUT/plan.txt"
  [ -z "${COLLECT:-}" ] || collect "$COLLECT"
  ! grep -qv '^[^ ]* done' "$OUT/plan.txt"
}

collect() {
  [ -n "${1:-}" ] || stop "collect needs a folder."
  local folder=$1
  mkdir -p "$folder"
  rm -f "$folder"/results.tar.xz*
  # weights and checkpoints are large and can be made again
  tar -C "$(dirname "$OUT")" --exclude='*.safetensors' --exclude=checkpoints -cf - "$(basename "$OUT")" | xz -T0 >"$folder/results.tar.xz"
  if [ "$(stat -c %s "$folder/results.tar.xz")" -gt $((15 << 20)) ]; then
    split -b 15M -d -a 1 "$folder/results.tar.xz" "$folder/results.tar.xz."
    rm "$folder/results.tar.xz"
  fi
  say "collected in $folder: $(du -ch "$folder"/results.tar.xz* | tail -n 1 | cut -f 1)"
}

verb=${1:-all}
[ $# -eq 0 ] || shift
if [ -z "${READY:-}" ]; then
  read_torch
  find_companions
  build
  choose_device
  record_machine
fi

case $verb in
  build) say "ready: $DEVICE" ;;
  verify | laws | tests | bench | compare | train | plan | collect) $verb "$@" ;;
  all)
    failed=()
    for step in verify tests bench; do $step || failed+=("$step"); done
    say "results are in $OUT"
    [ ${#failed[@]} -eq 0 ] || { say "failed: ${failed[*]}"; exit 1; }
    ;;
  generate) on_device generate "$@" ;;
  *) exec "$sequence" "$verb" "$@" ;;
esac
