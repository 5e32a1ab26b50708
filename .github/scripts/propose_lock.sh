#!/usr/bin/env bash
# Proposes new lock files: branch renew-lock, and a pull request unless one is open.
#
#   RUN_URL=https://... propose_lock.sh build/lock
#
# The files in the folder are untrusted, because the new packages ran beside them: each line must be a comment or a
# pinned version.
set -euo pipefail
folder="$1" branch=renew-lock locks=(requirements.lock requirements-docs.lock) changed=()
for lock in "${locks[@]}"; do
  if grep --invert-match --quiet --extended-regexp '^(#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+)$' "$folder/$lock"; then
    echo "::error::$lock is not a lock file: each line must be a package with its version."
    exit 1
  fi
  cmp --silent "$folder/$lock" "$lock" || changed+=("$lock")
done
if [ "${#changed[@]}" = 0 ]; then
  echo "::notice::The lock files are up to date."
  exit 0
fi
for lock in "${changed[@]}"; do cp "$folder/$lock" "$lock"; done
git -c user.name="github-actions[bot]" -c user.email=41898282+github-actions[bot]@users.noreply.github.com \
  commit --quiet --message "${changed[*]}: the newest that the ranges allow" "${changed[@]}"
gh auth setup-git
git push --quiet --force origin "HEAD:refs/heads/$branch"
# A fork's branch may have the same name.
open="$(gh pr list --head "$branch" --state open --json isCrossRepository --jq 'map(select(.isCrossRepository | not)) | length')"
if [ "$open" = 0 ]; then
  gh pr create --base main --head "$branch" --title "${changed[*]}: the newest that the ranges allow" \
    --body "Made by \`make lock\`; \`make check\` and \`make docs\` passed with it in [this run]($RUN_URL). Approve the run of its workflows here."
fi
