#!/bin/sh
# Runs the Java SDK's functional tests: java.sh CHECKOUT ENDPOINT
#
# ENDPOINT is a server that was started with -local-transactions,
# -instance local=local:local and -instance internal=local:local. CLASSPATH has
# the SDK's classes, its tests' classes, and the jars that they need: after
# "mvn test-compile dependency:build-classpath" in the checkout, or as
# java/build.sh makes it. Takes about fifteen minutes: the tests wait.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

javac -nowarn -d "$work" "$here/java/Outcomes.java"
mkdir -p "$work/src/test/resources"
cat >"$work/src/test/resources/conf.properties" <<END
ots.endpoint=$2
ots.accesskeyid=local
ots.accesskeysecret=local
ots.instancename=local
ots.instancenameinternal=internal
END

tests=$(cd "$1/tablestore/src/test/java" && grep -l @Test com/alicloud/openservices/tablestore/functiontest/*.java)
cd "$work"
for test in $tests; do
	class=$(echo "${test%.java}" | tr / .)
	timeout 600 java -cp "$work:$CLASSPATH" Outcomes results "$class" >>"${LOG:-/dev/null}" 2>&1 || true
done
"$here/compare.sh" "$here/java/expected.txt" results
