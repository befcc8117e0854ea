#!/bin/sh
# Puts kcat, from Debian's or Ubuntu's packages, into the folder $1; needs no root, installs nothing.
set -eu
for program in apt-get dpkg; do
  command -v "$program" >/dev/null || {
    echo "kcat: $program is missing; the tests with a foreign client need Debian or Ubuntu" >&2
    exit 1
  }
done
rm -rf "$1"
mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
cd "$1"
# Package lists of its own: those of the machine may be absent, old, or somebody else's to change.
apt() {
  apt-get -qq -o Dir::State::lists="$PWD/lists" -o Dir::Cache="$PWD/cache" \
    -o APT::Sandbox::User="$(id -un)" "$@"
}
apt update
apt download kcat librdkafka1 libyajl2 liblz4-1 libsasl2-2
for package in *.deb; do dpkg -x "$package" .; done
rm -rf lists cache ./*.deb
