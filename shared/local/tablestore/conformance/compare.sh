#!/bin/sh
# Compares a suite's outcomes with those expected: compare.sh EXPECTED RESULTS
#
# RESULTS has a line for each test: name, tab, pass, fail or skip. EXPECTED has
# "unsupported: feature" or "differs: reason" in place of fail. Fails on any
# difference, also on a test that is missing or new.
set -eu

names=$(mktemp)
trap 'rm -f "$names"' EXIT
awk -F'\t' -v OFS='\t' '$2 ~ /^(unsupported|differs): / { $2 = "fail" } { print }' "$1" | LC_ALL=C sort >"$names"
LC_ALL=C sort "$2" | diff "$names" - || { echo "< expected, > found" >&2; exit 1; }

total=$(wc -l <"$1")
passed=$(grep -c '	pass$' "$1")
skipped=$(grep -c '	skip$' "$1" || true)
unsupported=$(grep -c '	unsupported: ' "$1" || true)
echo "as expected: $passed pass of $((total - skipped - unsupported)) of what is supported; $unsupported of what is not, $skipped skipped by the suite, $total in all"
