#!/bin/sh
# Runs the Python SDK's own suite: python.sh CHECKOUT ENDPOINT
#
# ENDPOINT is a fresh server that was started with -local-transactions. PYTHON is
# the interpreter (python3); it needs protobuf, urllib3, certifi, future, six,
# flatbuffers, numpy and crc32c.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
results=$(mktemp)
trap 'rm -f "$results"' EXIT

export OTS_TEST_ENDPOINT="$2" OTS_TEST_INSTANCE=local OTS_TEST_ACCESS_KEY_ID=local OTS_TEST_ACCESS_KEY_SECRET=local
cd "$1"
"${PYTHON:-python3}" -B "$here/python/outcomes.py" "$results" >"${LOG:-/dev/null}" 2>&1 || true
"$here/compare.sh" "$here/python/expected.txt" "$results"
