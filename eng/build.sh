#!/usr/bin/env bash
# Builds the command and its plugins where a source is newer than the last build. Messages go to standard error.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
built="$root/artifacts/.built"

if ! command -v dotnet >/dev/null; then
  echo "build: the .NET 10 SDK is needed, and 'dotnet' is not on the PATH. See https://dotnet.microsoft.com/download" >&2
  exit 2
fi

changed() {
  [ ! -f "$built" ] || [ -n "$(find "$root/src" "$root/plugins" "$root/eng" "$root"/Directory.* "$root/global.json" -newer "$built" -print -quit)" ] ||
    [ "$(cat "$built")" != "${LIBTORCH:-}" ]
}

if changed; then
  echo "build: building the command and its plugins (a minute or two the first time)" >&2
  begun=$(mktemp)
  dotnet build "$root/src/Sequence.Cli" --configuration Release --nologo --verbosity quiet >&2
  echo "${LIBTORCH:-}" > "$built"
  touch -r "$begun" "$built"   # a source edited during the build is newer than it
  rm -f "$begun"
fi
