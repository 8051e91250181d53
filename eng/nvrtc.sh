#!/usr/bin/env bash
# Fetches NVIDIA's compiler of kernels (NVRTC) from Debian's archive, for the tests that compile every kernel for a GPU. It needs no GPU, but is not free software:
# Debian's section non-free has it under NVIDIA's terms, which come with it. Nothing is installed: the library lies in artifacts/nvrtc. Prints its path.
#
#   SEQUENCE_NVRTC=$(eng/nvrtc.sh) dotnet test tests/Sequence.Kernels.Tests --configuration Release --filter NvrtcTests
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder="$root/artifacts/nvrtc"

say() { echo "nvrtc: $*" >&2; }
found() { find "$folder" -name 'libnvrtc.so.[0-9]*' -type l 2>/dev/null | sort | tail -n 1; }

if [ -z "$(found)" ]; then
  [ -f /etc/debian_version ] && command -v apt-get >/dev/null || { say "only Debian's archive is known; on other systems name a library by SEQUENCE_NVRTC."; exit 2; }
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m 1 '/debian/*$' || true)
  stage=$(mktemp -d)
  trap 'rm -rf "$stage"' EXIT
  mkdir -p "$stage/lists/partial" "$stage/archives/partial"
  echo "deb ${mirror:-http://deb.debian.org/debian} $suite non-free" >"$stage/sources.list"
  options=(-o "Dir::Etc::SourceList=$stage/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$stage/lists" -o "Dir::Cache=$stage" -o APT::Sandbox::User=root -q)
  apt-get "${options[@]}" update >"$stage/log" 2>&1 || { tail -n 3 "$stage/log" >&2; say "the section non-free of $suite cannot be read."; exit 2; }
  packages=$(apt-cache "${options[@]}" search --names-only '^libnvrtc(-builtins)?[0-9.]+$' | cut -d ' ' -f 1)
  [ -n "$packages" ] || { say "$suite has no package libnvrtc."; exit 2; }
  (cd "$stage" && apt-get "${options[@]}" download $packages >"$stage/log" 2>&1) || { tail -n 3 "$stage/log" >&2; say "the packages cannot be fetched: $packages"; exit 2; }
  mkdir -p "$folder"
  for package in "$stage"/*.deb; do dpkg -x "$package" "$folder"; done
  say "fetched $(echo $packages) ($(du -sm "$folder" | cut -f 1) MB, terms in $folder/usr/share/doc)"
fi

found
