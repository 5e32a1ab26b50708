#!/usr/bin/env bash
# Writes a comment for a preview that ended before it could write its own: no sign-in, no Python package, no runner.
#
#   STACK=gke RUN_URL=https://... no_preview.sh build/comments
set -euo pipefail
comment="$1/$STACK.md"
mkdir -p "$1"
if [ ! -s "$comment" ]; then
  printf '### Preview of stack `%s` did not start\n\nA step before it failed: [the run](%s) says which. ' \
    "$STACK" "$RUN_URL" >"$comment"
  printf 'docs/pull-requests.md lists what that can be.\n' >>"$comment"
fi
