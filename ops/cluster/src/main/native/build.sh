#!/bin/sh
# Rebuilds the two stub libraries in ../resources; needs gcc. Run it only when the C files change.
set -eu
cd "$(dirname "$0")"
out=../resources/io/shardshift/cluster
for lib in aio numa; do
    gcc -shared -nostdlib -fPIC -Os -s "-Wl,-soname,lib$lib.so.1" "-Wl,--version-script=$lib.map" \
        -Wl,-z,noseparate-code -o "$out/lib$lib.so.1" "$lib.c"
done
