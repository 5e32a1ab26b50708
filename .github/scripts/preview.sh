#!/usr/bin/env bash
# Makes the preview of a stack, and in any case the comment that tells of it.
#
#   STACK=gke HOW=live                 preview.sh build/comments   in Google Cloud, with the state
#   STACK=gke HOW=offline BECAUSE=fork preview.sh build/comments   without: what changes from the commit before to this
#
# RUN_URL is where the whole of it can be read; GITHUB_STEP_SUMMARY is the file that the run's page shows.
set -euo pipefail
comment="$1/$STACK.md"
mkdir -p "$1"
arguments=(--stack "$STACK" --comment "$comment" --summary "$GITHUB_STEP_SUMMARY" --run-url "$RUN_URL")
if [ -d policy ]; then
  arguments+=(--policy-pack policy)
fi
if [ "$HOW" = offline ]; then
  # GitHub checks a pull request out as its merge: the commit before is the branch that it goes to.
  base="$(git rev-parse HEAD^1)"
  exec .venv/bin/python -m tools.review offline "${arguments[@]}" --base "$base" --because "$BECAUSE"
fi
exec .venv/bin/python -m tools.review preview "${arguments[@]}"
