#!/usr/bin/env bash
# Runs the tests repeatedly while two processes keep two processors busy.
# Usage: tests/repeat.sh [RUNS] [--without-redis]. Stops at the first run that fails and prints the path of its log.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

runs=${1:-10}
export DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
work=$(mktemp -d)
busy=()
trap 'kill "${busy[@]}" 2>/dev/null || true' EXIT

if [ "${2:-}" = --without-redis ]; then
  mkdir "$work/bin"
  for directory in ${PATH//:/ }; do
    [ -d "$directory" ] || continue
    find "$directory" -maxdepth 1 \( -type f -o -type l \) ! -name 'redis-*' -exec ln -s -t "$work/bin" {} + 2>/dev/null || true
  done
  PATH=$work/bin
fi

dotnet build --verbosity quiet
for _ in 1 2; do
  (while :; do :; done) &
  busy+=($!)
done

for run in $(seq "$runs"); do
  start=$SECONDS
  if ! dotnet test --no-build --filter 'Category!=Long' >"$work/run-$run.log" 2>&1; then
    grep -E '^ +Failed ' "$work/run-$run.log" || true
    echo "run $run of $runs failed after $((SECONDS - start)) s: $work/run-$run.log"
    exit 1
  fi
  echo "run $run of $runs passed in $((SECONDS - start)) s"
done
