#!/bin/sh
# As the official image's: KAFKA_SOME_NAME becomes some.name; the storage is formatted once.
set -eu
properties=/tmp/server.properties
env | sed -n '/^KAFKA_HEAP_OPTS=/d; s/^KAFKA_//p' | while IFS='=' read -r name value; do
  printf '%s=%s\n' "$(printf '%s' "$name" | tr 'A-Z_' 'a-z.')" "$value"
done > "$properties"
java="java ${KAFKA_HEAP_OPTS:-} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp /opt/kafka/libs/*
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
set -f # the class path is Java's to expand
$java kafka.tools.StorageTool format --ignore-formatted \
  --cluster-id 5L6g3nShT-eMCtK--X86sw --config "$properties"
exec $java kafka.Kafka "$properties"
