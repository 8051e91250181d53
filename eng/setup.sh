#!/usr/bin/env bash
# Installs what the native build needs on Debian or Ubuntu, where it is missing: a libtorch, an OpenBLAS, CMake and a C++ compiler.
# Says what it does, asks nothing, and does nothing where everything is there. Messages go to standard error.
set -euo pipefail

say() { echo "setup: $*" >&2; }

have_package() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
have_libtorch() { [ -n "${LIBTORCH:-}" ] || have_package libtorch-dev; }

# OpenBLAS in its OpenMP build shares libtorch's threads; the pthread build has threads of its own, which spin after every matrix product and
# slow libtorch's element-wise operators several times over. Debian's libtorch alone brings the reference BLAS, some thirty times slower.
missing=()
have_libtorch || missing+=(libtorch-dev)
if [ -z "${LIBTORCH:-}" ] && ! have_package libopenblas0-openmp; then missing+=(libopenblas0-openmp); fi
command -v cmake >/dev/null || missing+=(cmake)
command -v g++ >/dev/null || missing+=(g++)
command -v make >/dev/null || command -v ninja >/dev/null || missing+=(make)

[ ${#missing[@]} -eq 0 ] && exit 0

command="apt-get install -y --no-install-recommends ${missing[*]}"

if ! command -v apt-get >/dev/null; then
  say "missing: ${missing[*]}; this machine has no apt-get."
  say "Install a libtorch, CMake and a C++17 compiler your way, then set LIBTORCH to the libtorch folder (the one that holds include/ and lib/),"
  say "or build against the TorchSharp packages: dotnet build -p:TorchProvider=cpu"
  exit 2
fi

if [ "$(id -u)" -eq 0 ]; then
  root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  root=(sudo -n)
else
  say "missing: ${missing[*]}; installing them needs root, and neither root nor a password-less sudo is at hand. Run"
  say "    sudo sh -c 'apt-get update && $command'"
  say "or set LIBTORCH to a libtorch folder of your own (the one that holds include/ and lib/; a PyTorch wheel's torch folder will do),"
  say "or build against the TorchSharp packages: dotnet build -p:TorchProvider=cpu"
  exit 2
fi

say "installing ${missing[*]} (apt-get)"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${root[@]}" apt-get update -q && "${root[@]}" env DEBIAN_FRONTEND=noninteractive $command -q; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  say "apt-get failed (its last lines are above). Run it by hand: apt-get update && $command"
  say "or set LIBTORCH to a libtorch folder of your own (the one that holds include/ and lib/)."
  exit 2
fi
say "done"
