#!/bin/sh
# Builds functions as Function Compute's runtime go1 runs them: linux/amd64, the
# executable main in a folder of its own under .build. No name builds all. The files
# that SALES_CATALOGUE and MARKET_SKUS name are packaged beside it.
#
#   sh scripts/build.sh [createinstance …]
set -eu
catalogue=$(realpath "${SALES_CATALOGUE:-/dev/null}")
skus=$(realpath "${MARKET_SKUS:-/dev/null}")
cd "$(dirname "$0")/.."

# package FILE NAME copies a setting's file beside the executable, or removes an old copy.
package() {
	rm -f "$2"
	[ "$1" = /dev/null ] || cp "$1" "$2"
}

[ $# -gt 0 ] || set -- $(ls functions)
for name in "$@"; do
	GOOS=linux GOARCH=amd64 CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o ".build/$name/main" "./functions/$name"
	package "$catalogue" ".build/$name/sales_catalogue.json"
	package "$skus" ".build/$name/market_skus.json"
done
