#!/usr/bin/env bash
# Compares the speed of oauthsift with that of other tools on generated logs, and writes the tables of
# docs/performance.md to standard output.
#
#   benches/compare.sh [--size 1GiB] [--runs 9] [--dir DIR] > table.md
#
# Runs alternate in pairs (ours, theirs, ours, …), so that a machine whose speed varies is fair to both; the result is
# the median of the ratios of the pairs. Tools that are not installed are skipped and listed. Needs bash, python3 and a
# Rust toolchain.
set -euo pipefail
cd "$(dirname "$0")/.."

size=1GiB runs=9 dir="${TMPDIR:-/tmp}/oauthsift-compare"
while [ $# -gt 0 ]; do
  case "$1" in
    --size) size=$2; shift 2 ;;
    --runs) runs=$2; shift 2 ;;
    --dir) dir=$2; shift 2 ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done

cargo build --locked --release --quiet
cargo build --locked --release --quiet --example generate_log
ours="$PWD/target/release/oauthsift"
mkdir -p "$dir"
for rate in 0.0001 0.01 0.2; do
  log="$dir/$size-$rate.log"
  [ -f "$log" ] || target/release/examples/generate_log --bytes "$size" --failures "$rate" --decoys 0.0001 \
    --output "$log" --truth "$log.truth" 2>>"$dir/totals.txt"
done
# Each failure names an application of its own: as many subjects as failures.
own="$dir/$size-0.2-own.log"
[ -f "$own" ] || target/release/examples/generate_log --bytes "$size" --failures 0.2 --decoys 0.0001 --own-applications \
  --output "$own" 2>>"$dir/totals.txt"
# A support zip of the whole log, in which logs are recognised by their names.
support="$dir/$size-support"
if [ ! -f "$support/Jira_support.zip" ] && command -v zip >/dev/null; then
  mkdir -p "$support/application-logs"
  ln -f "$dir/$size-0.01.log" "$support/application-logs/atlassian-jira.log"
  (cd "$support" && zip -q -r Jira_support.zip application-logs)
fi
quarter="$dir/$size-0.01.quarter"
if [ ! -f "$quarter.log.gz" ]; then
  head -c "$(($(stat -c %s "$dir/$size-0.01.log") / 4))" "$dir/$size-0.01.log" > "$quarter.log"
  gzip -6 -k "$quarter.log"
  # A support zip, in which logs are recognised by their names.
  mkdir -p "$quarter/application-logs"
  cp "$quarter.log" "$quarter/application-logs/atlassian-jira.log"
  if command -v zip >/dev/null; then (cd "$quarter" && zip -q -r Jira_support.zip application-logs); fi
fi
# All files must be in the page cache before timing starts.
cat "$dir"/*.log "$dir"/*.gz > /dev/null

RUNS=$runs DIR=$dir SIZE=$size OURS=$ours QUARTER=$quarter OWN=$own SUPPORT=$support exec python3 benches/compare.py
