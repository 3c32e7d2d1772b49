#!/bin/sh
# Fetches Apache Kafka from Maven Central for the tests that drive a real broker. Needs Java 17 and Maven.
# The jars stay in the folder; the tests look for them in .cache/kafka.
#
# usage: install-kafka.sh [FOLDER]
set -eu

folder=${1:-$(cd "$(dirname "$0")/../../.." && pwd)/.cache/kafka}
version=4.1.0
mkdir -p "$folder"
if [ -f "$folder/lib/kafka_2.13-$version.jar" ]; then exit 0; fi

cat >"$folder/pom.xml" <<EOF
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$version</version>
    </dependency>
  </dependencies>
</project>
EOF
mvn -q -B -f "$folder/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DoutputDirectory="$folder/lib" -DincludeScope=runtime
