#!/usr/bin/env bash
# Packs one archive for a machine without network and without .NET (a node of an air-gapped cluster, say), where a Python has PyTorch:
#
#   eng/pack-offline.sh [FILE]             default: artifacts/sequence-offline.tar.xz
#
# In it: the command and all plugins, built; the tests and the benchmarks; the .NET runtime; the native sources, which are compiled there
# against the PyTorch of that machine; configurations, data and the benchmarks' peers. There: tar -xf FILE && sequence-offline/run-offline.sh
# SKIP_BUILD=1 packs what is built already. MAX_MIB (default 45) is the largest size that is let pass.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
file=$(realpath -m "${1:-$root/artifacts/sequence-offline.tar.xz}")
limit=${MAX_MIB:-45}

say() { echo "pack-offline: $*" >&2; }
for tool in tar xz sha256sum; do
  command -v $tool >/dev/null || { say "$tool is missing (Debian and Ubuntu: apt-get install tar xz-utils coreutils)."; exit 2; }
done

cd "$root"
if [ -z "${SKIP_BUILD:-}" ]; then
  eng/setup.sh
  say "building"
  dotnet build Sequence.Framework.sln --configuration Release --nologo --verbosity quiet
fi

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
pack="$stage/sequence-offline"
mkdir -p "$pack"

# ---- the .NET runtime that this SDK runs on, and the runner of tests
dotnet=$(dirname "$(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App [^ ]* \[\(.*\)\]$/\1/p' | tail -n 1)")
dotnet=$(dirname "$dotnet")
wanted=$(sed -n 's/.*"version": "\([0-9]*\)\..*/\1/p' artifacts/bin/Sequence.Cli/release/sequence.runtimeconfig.json | head -n 1)
runtime=$(find "$dotnet/shared/Microsoft.NETCore.App" -mindepth 1 -maxdepth 1 -name "$wanted.*" -printf '%f\n' | sort -V | tail -n 1)
[ -n "$runtime" ] || { say "no .NET runtime $wanted was found in $dotnet/shared/Microsoft.NETCore.App."; exit 2; }
say "with .NET $runtime of $dotnet"
mkdir -p "$pack/dotnet/host/fxr" "$pack/dotnet/shared/Microsoft.NETCore.App" "$pack/dotnet/vstest"
cp "$dotnet/dotnet" "$pack/dotnet/"
for text in LICENSE.txt ThirdPartyNotices.txt; do [ ! -f "$dotnet/$text" ] || cp "$dotnet/$text" "$pack/dotnet/"; done
cp -r "$dotnet/host/fxr/$runtime" "$pack/dotnet/host/fxr/"
cp -r "$dotnet/shared/Microsoft.NETCore.App/$runtime" "$pack/dotnet/shared/Microsoft.NETCore.App/"
# what only debuggers load
(cd "$pack/dotnet/shared/Microsoft.NETCore.App/$runtime" && rm -f libmscordaccore.so libmscordbi.so createdump)

sdk="$dotnet/sdk/$(dotnet --version)"
for name in vstest.console.dll vstest.console.dll.config vstest.console.runtimeconfig.json Microsoft.TestPlatform.Build.dll Microsoft.TestPlatform.CommunicationUtilities.dll \
  Microsoft.TestPlatform.CoreUtilities.dll Microsoft.TestPlatform.CrossPlatEngine.dll Microsoft.TestPlatform.PlatformAbstractions.dll Microsoft.TestPlatform.Utilities.dll \
  Microsoft.TestPlatform.VsTestConsole.TranslationLayer.dll Microsoft.VisualStudio.TestPlatform.Client.dll Microsoft.VisualStudio.TestPlatform.Common.dll \
  Microsoft.VisualStudio.TestPlatform.ObjectModel.dll Microsoft.Extensions.DependencyModel.dll Microsoft.Extensions.FileSystemGlobbing.dll Newtonsoft.Json.dll NuGet.Frameworks.dll; do
  [ ! -f "$sdk/$name" ] || cp "$sdk/$name" "$pack/dotnet/vstest/"
done
mkdir -p "$pack/dotnet/vstest/Extensions"
cp "$sdk"/Extensions/Microsoft.TestPlatform.TestHostRuntimeProvider.dll "$sdk"/Extensions/Microsoft.VisualStudio.TestPlatform.Extensions.Trx.TestLogger.dll "$pack/dotnet/vstest/Extensions/"

# ---- what is built, in the places where the tree has it: everything that looks for a file finds it as in a checkout
for output in artifacts/bin/Sequence.Cli artifacts/bin/Sequence.Benchmarks artifacts/bin/*.Tests; do
  [ -d "$output/release" ] || { say "$output/release is missing: build the solution in Release first."; exit 2; }
  mkdir -p "$pack/$output"
  cp -r "$output/release" "$pack/$output/"
done
# the native library is compiled there; documentation and symbols are for developers; the statistics of BenchmarkDotNet for the verb bdn alone
find "$pack/artifacts" \( -name libSequenceTorch.so -o -name '*.pdb' -o -name '*.xml' -o -name cache -o -name TestResults \) -prune -exec rm -rf {} +
(cd "$pack/artifacts/bin" && for folder in Sequence.Benchmarks/release Sequence.Benchmarks.Tests/release; do
  (cd "$folder" && rm -rf BenchmarkDotNet*.dll Microsoft.CodeAnalysis*.dll Microsoft.Diagnostics.*.dll Gee.External.Capstone.dll Iced.dll Dia2Lib.dll TraceReloggerLib.dll OSExtensions.dll amd64 arm64 x86 runtimes)
done)

# ---- sources, configurations, data
git ls-files -z configs benchmarks/data benchmarks/peers src/TorchSharp.SystemLibtorch/native LICENSE README.md Sequence.Framework.sln | xargs -0 cp --parents -t "$pack"
cp eng/offline/run-offline.sh eng/offline/*.plan "$pack/"
echo "$(uname -s)-$(uname -m)" >"$pack/platform"
{
  echo "packed: $(date -u '+%Y-%m-%d %H:%M:%S UTC')"
  echo "commit: $(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)$(git diff --quiet HEAD 2>/dev/null || echo ', with changes')"
  echo ".NET: $runtime"
} >"$pack/packed"

# ---- the same file in many outputs is stored once
declare -A first
while IFS= read -r line; do
  sum=${line%% *} path=${line#*  }
  if [ -n "${first[$sum]:-}" ]; then ln -f "${first[$sum]}" "$path"; else first[$sum]=$path; fi
done < <(find "$pack" -type f -size +0 -print0 | sort -z | xargs -0 sha256sum)

mkdir -p "$(dirname "$file")"
tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner -cf - sequence-offline | xz -9e -T1 >"$file.partial"
mv "$file.partial" "$file"

bytes=$(stat -c %s "$file")
say "$file: $((bytes / 1048576)).$((bytes % 1048576 * 10 / 1048576)) MiB, unpacked $(du -sm "$pack" | cut -f1) MiB"
if [ "$bytes" -gt $((limit * 1048576)) ]; then
  say "that is more than $limit MiB. The largest parts, in MiB unpacked:"
  (cd "$pack" && du -m -d 2 . | sort -rn | head -n 12 >&2)
  exit 1
fi
