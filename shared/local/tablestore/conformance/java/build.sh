#!/bin/sh
# Builds the Java SDK and its tests with Debian's jars, for machines without
# Maven Central: build.sh CHECKOUT FLATBUFFERS OUT
#
# FLATBUFFERS is the java folder of google/flatbuffers 1.11.0. The packages are
# protobuf-compiler, libprotobuf-java, libhttpasyncclient-java, libgoogle-gson-java,
# libguava-java, libjoda-time-java, libdisruptor-java, libcommons-io-java,
# libcommons-logging-java, libcommons-codec-java, libslf4j-java and junit4.
#
# Two things are changed in a copy: the messages are generated again, for Debian's
# protobuf, and the relocated packages of the dependencies get their own names
# back. Prints the CLASSPATH for java.sh.
set -eu

from=$(cd "$1/tablestore/src" && pwd) && flatbuffers=$(cd "$2" && pwd)
mkdir -p "$3/src" "$3/test" "$3/main.classes" "$3/test.classes"
cd "$3"
cp -r "$from/main/java/." src
cp -r "$from/test/java/." test

(
	cd src/com/alicloud/openservices/tablestore/core/protocol
	rm -f OtsFilter.java OtsInternalApi.java TunnelServiceApi.java OtsDelivery.java Search.java timeseries/Timeseries.java globaltable/GlobalTable.java
	for messages in *.proto timeseries/*.proto globaltable/*.proto; do
		protoc -I. -Itimeseries -Iglobaltable --java_out="$OLDPWD/src" "$messages"
	done
)
find src test -name '*.java' -exec sed -i 's/com\.aliyun\.ots\.thirdparty\.//g' {} +

jars=
for jar in protobuf httpasyncclient httpclient httpcore httpcore-nio gson guava joda-time disruptor commons-io commons-logging commons-codec slf4j-api slf4j-nop junit4 hamcrest; do
	jars="$jars:/usr/share/java/$jar.jar"
done
find src "$flatbuffers" -name '*.java' ! -path '*/test/*' >sources
find test/com -name '*.java' >tests
javac -proc:none -nowarn -encoding UTF-8 -cp "$jars" -d main.classes @sources >&2
javac -proc:none -nowarn -encoding UTF-8 -cp "main.classes$jars" -d test.classes @tests >&2
echo "$PWD/main.classes:$PWD/test.classes$jars"
