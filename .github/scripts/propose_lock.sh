#!/usr/bin/env bash
# Proposes a new requirements.lock: branch renew-lock, and a pull request unless one is open.
#
#   RUN_URL=https://... propose_lock.sh build/lock/requirements.lock
#
# The file is untrusted, because the new packages ran beside it: each line must be a comment or a pinned version.
set -euo pipefail
new="$1" branch=renew-lock
if grep --invert-match --quiet --extended-regexp '^(#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+)$' "$new"; then
  echo "::error::$new is not a lock file: each line must be a package with its version."
  exit 1
fi
if cmp --silent "$new" requirements.lock; then
  echo "::notice::requirements.lock is up to date."
  exit 0
fi
cp "$new" requirements.lock
git -c user.name="github-actions[bot]" -c user.email=41898282+github-actions[bot]@users.noreply.github.com \
  commit --quiet --message "requirements.lock: the newest that the ranges allow" requirements.lock
gh auth setup-git
git push --quiet --force origin "HEAD:refs/heads/$branch"
# A fork's branch may have the same name.
open="$(gh pr list --head "$branch" --state open --json isCrossRepository --jq 'map(select(.isCrossRepository | not)) | length')"
if [ "$open" = 0 ]; then
  gh pr create --base main --head "$branch" --title "requirements.lock: the newest that the ranges allow" \
    --body "Made by \`make lock\`; \`make check\` passed with it in [this run]($RUN_URL). Approve the run of its workflows here."
fi
