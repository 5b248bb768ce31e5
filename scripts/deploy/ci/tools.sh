#!/bin/sh
# Installs tools under $HOME/tools on a build machine that lacks them: go, node (with s), tofu.
#
#   sh scripts/deploy/ci/tools.sh go node tofu
set -eu
cd "$(dirname "$0")/../../.."
go=$(sed -n 's/^go //p' go.mod)
mkdir -p "$HOME/tools"

# unpack URL FOLDER unpacks an archive, without its first folder if STRIP is 1.
unpack() { mkdir -p "$HOME/tools/$2" && curl -fsSL "$1" | tar -xz -C "$HOME/tools/$2" --strip-components="${3:-0}"; }

for tool in "$@"; do
	case $tool in
	go) unpack "https://golang.google.cn/dl/go$go.linux-amd64.tar.gz" go 1 ;;
	node)
		unpack https://npmmirror.com/mirrors/node/v20.18.0/node-v20.18.0-linux-x64.tar.gz node 1
		PATH="$HOME/tools/node/bin:$PATH" npm install -g @serverless-devs/s
		;;
	tofu) unpack https://github.com/opentofu/opentofu/releases/download/v1.10.6/tofu_1.10.6_linux_amd64.tar.gz tofu ;;
	*)
		echo "there is no tool $tool" >&2
		exit 2
		;;
	esac
done
