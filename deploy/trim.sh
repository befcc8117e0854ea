#!/bin/sh
# Takes out of a virtual environment what no service reads, and compiles the rest.
set -eu
cd "$1"/lib/python3*/site-packages
# Where numbers are, who carries them and their time zones; the rules ask whether they are valid.
rm -rf phonenumbers/geodata phonenumbers/carrierdata phonenumbers/tzdata
# The other four hundred services of the S3 client's maker.
find botocore/data -mindepth 1 -maxdepth 1 -type d ! -name s3 -exec rm -rf {} +
find . -type d -name tests -prune -exec rm -rf {} +
# A fifth of Polars is the names of its functions. NumPy's libraries were patched when they were
# packed; strip would break them.
find . -name '*.so' ! -path './numpy*' -exec strip --strip-unneeded {} +
python3 -m compileall -q . || true # a template of some package is no Python
