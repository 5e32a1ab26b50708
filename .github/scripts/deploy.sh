#!/usr/bin/env bash
# Deploys a stack, if the plan is still the approved one.
#
#   deploy.sh gke build/planned/gke.txt
set -euo pipefail
stack="$1" approved="$2"
now="$(mktemp)"
.venv/bin/python -m tools.review plan --stack "$stack" >"$now"
if ! diff --unified "$approved" "$now"; then
  echo "::error::The plan of $stack differs from the approved one: see the lines above. Nothing was changed." \
    "Run the workflow again and approve the new plan."
  exit 1
fi
exec pulumi up --yes --skip-preview --non-interactive --stack "$stack"
