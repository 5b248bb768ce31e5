#!/bin/sh
# Builds functions as Function Compute's runtime go1 runs them: linux/amd64, the
# executable main in a folder of its own under .build. No name builds all.
#
#   sh scripts/build.sh [createinstance …]
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- $(ls functions)
for name in "$@"; do
	GOOS=linux GOARCH=amd64 CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o ".build/$name/main" "./functions/$name"
done
