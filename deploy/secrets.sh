#!/bin/sh
# Prints made-up secrets for docker-compose.yml: (umask 077; sh deploy/secrets.sh > .env)
set -eu
for name in POSTGRES_PASSWORD OWNER_PASSWORD INGEST_PASSWORD NORMALIZE_PASSWORD MERGE_PASSWORD \
  SYSTEM_PASSWORD S3_SECRET_KEY; do
  printf 'ENLIST_%s=%s\n' "$name" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
done
