#!/usr/bin/env bash
# Previews a stack and writes its comment, also if the preview fails.
#
#   STACK=gke HOW=live                 preview.sh build/comments   with access to Google Cloud and the state
#   STACK=gke HOW=offline BECAUSE=fork preview.sh build/comments   offline: compared with the base branch
#
# RUN_URL: URL of the run, with the whole summary. GITHUB_STEP_SUMMARY: file for the summary on the run's page.
set -euo pipefail
comment="$1/$STACK.md"
mkdir -p "$1"
arguments=(--stack "$STACK" --comment "$comment" --summary "$GITHUB_STEP_SUMMARY" --run-url "$RUN_URL")
if [ -d policy ]; then
  arguments+=(--policy-pack policy)
fi
if [ "$HOW" = offline ]; then
  # GitHub checks out the merge commit of a pull request: its first parent is the base branch.
  base="$(git rev-parse HEAD^1)"
  exec .venv/bin/python -m tools.review offline "${arguments[@]}" --base "$base" --because "$BECAUSE"
fi
exec .venv/bin/python -m tools.review preview "${arguments[@]}"
