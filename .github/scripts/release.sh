#!/usr/bin/env bash
# Refuses a tag that is not `v` + docker/VERSION. Outputs: `version`, and `repository` of the images.
set -euo pipefail
version="$(cat docker/VERSION)"
if [ "$GITHUB_REF_NAME" != "v$version" ]; then
  echo "::error::The tag is $GITHUB_REF_NAME, and docker/VERSION is $version. Delete the tag, and set it on the commit of the release: v$version."
  exit 1
fi
# Names of images are in lower case, those of owners need not be.
printf 'version=%s\nrepository=ghcr.io/%s\n' "$version" "${GITHUB_REPOSITORY,,}" >> "$GITHUB_OUTPUT"
