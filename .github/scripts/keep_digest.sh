#!/usr/bin/env bash
# Keeps the digest of a pushed image as the name of a file in build/digests, for the job that names it.
#
#   DIGEST=sha256:... keep_digest.sh
set -euo pipefail
mkdir -p build/digests
touch "build/digests/${DIGEST#sha256:}"
