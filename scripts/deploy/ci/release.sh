#!/bin/sh
# Moves the alias production of every function that callers reach between two versions.
#
#   sh scripts/deploy/ci/release.sh canary WEIGHT   publish LATEST, give it a share of the calls
#   sh scripts/deploy/ci/release.sh shift           give the newest version all calls
#   sh scripts/deploy/ci/release.sh back            give the version before it all calls
#
# The first canary of a function, which has no alias yet, gets all calls. The timer and the
# queue lead to LATEST: they have no callers to spare. ACCOUNT_ID and REGION must be set.
set -eu
export deploy_serverless_devs_key="{\"AccountID\":\"$ACCOUNT_ID\",\"AccessKeyID\":\"$ALIBABA_CLOUD_ACCESS_KEY_ID\",\"AccessKeySecret\":\"$ALIBABA_CLOUD_ACCESS_KEY_SECRET\",\"SecurityToken\":\"${ALIBABA_CLOUD_SECURITY_TOKEN:-}\"}"
cd "$(dirname "$0")/../../.."
alias=production
functions=$(ls -d functions/*/ | xargs -n 1 basename | grep -v -e marketorders -e renewals)

fc() { s cli fc3 "$@" --region "$REGION" -a deploy_serverless_devs_key; }

# versions FUNCTION prints the numbers of its versions, the newest first. s prints YAML.
versions() { fc version list --function-name "aegis-$1" | sed -n "s/.*versionId[\"']*: *[\"']*\([0-9][0-9]*\).*/\1/p" | sort -rnu; }

# point FUNCTION VERSION [WEIGHTS] points the alias.
point() {
	fc alias publish --function-name "aegis-$1" --alias-name "$alias" --version-id "$2" ${3:+--vw "$3"}
	echo "aegis-$1: $alias is version $2 ${3:-}"
}

case ${1:-} in
canary)
	weight=${2:?a weight such as 0.1}
	for f in $functions; do
		fc version publish --function-name "aegis-$f"
		new=$(versions "$f" | sed -n 1p) old=$(versions "$f" | sed -n 2p)
		if [ -n "$old" ]; then point "$f" "$old" "{\"$new\":$weight}"; else point "$f" "$new"; fi
	done
	;;
shift) for f in $functions; do point "$f" "$(versions "$f" | sed -n 1p)"; done ;;
back)
	for f in $functions; do
		old=$(versions "$f" | sed -n 2p)
		[ -z "$old" ] || point "$f" "$old"
	done
	;;
*)
	echo "usage: release.sh canary WEIGHT | shift | back" >&2
	exit 2
	;;
esac
