#!/usr/bin/env bash
# Kills a comparison with SIGKILL at random moments, resumes it, and checks that its figures equal those of the undisturbed one, digit for
# digit (times, speeds and memory aside). Builds nothing.
#
#   eng/kill-resume.sh CONFIG [TIMES=20] [-- further arguments of `sequence compare`]
#
# SEQUENCE_COMMAND names the command (default: the Release build); RANDOM_SEED repeats the same moments.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

[ $# -ge 1 ] || { sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
config=$1; shift
times=20
if [ $# -gt 0 ] && [ "$1" != "--" ]; then times=$1; shift; fi
[ "${1:-}" = "--" ] && shift
command=${SEQUENCE_COMMAND:-$root/artifacts/bin/Sequence.Cli/release/sequence}
RANDOM=${RANDOM_SEED:-$$}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Every column but those that tell how the machine felt.
figures() {
  awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i !~ /^(tokens_per_second|training_seconds|peak_memory_bytes)$/) keep[i] = 1 }
    { line = ""; for (i = 1; i <= NF; i++) if (i in keep) line = line $i ","; print line }' "$1/results.csv"
}

begun=$(date +%s%N)
"$command" compare "$config" --output "$work/whole" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
took=$(( ($(date +%s%N) - begun) / 1000000 ))
figures "$work/whole" >"$work/expected"
echo "undisturbed: ${took} ms"

same=0
for n in $(seq 1 "$times"); do
  out="$work/killed-$n"
  moment=$(( (RANDOM * 32768 + RANDOM) % took ))
  "$command" compare "$config" --output "$out" "$@" >"$work/log" 2>&1 &
  child=$!
  sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
  kill -9 "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  if "$command" compare "$config" --output "$out" --resume "$@" >"$work/log" 2>&1 && figures "$out" | diff -u "$work/expected" - >"$work/difference"; then
    same=$((same + 1))
    echo "$n: killed after ${moment} ms, resumed, the same figures"
  else
    echo "$n: killed after ${moment} ms: DIFFERENT"
    cat "$work/difference" "$work/log" 2>/dev/null || true
  fi
  rm -rf "$out"
done

echo "$same of $times resumed to the same figures"
[ "$same" -eq "$times" ]
