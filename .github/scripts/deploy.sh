#!/usr/bin/env bash
# Brings a stack up, if what that does is still what was approved.
#
#   deploy.sh gke build/planned/gke.txt
set -euo pipefail
stack="$1" approved="$2"
now="$(mktemp)"
.venv/bin/python -m tools.review plan --stack "$stack" >"$now"
if ! diff --unified "$approved" "$now"; then
  echo "::error::What a deployment of $stack would do is not what was approved: see the lines above. Nothing was done." \
    "Run the workflow again, and approve the new plan."
  exit 1
fi
exec pulumi up --yes --skip-preview --non-interactive --stack "$stack"
