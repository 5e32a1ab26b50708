#!/usr/bin/env bash
# Gives the images of both platforms, whose digests are in build/digests, one name with two tags: the version, and the
# digest of the files in docker/, by which `make up` finds the image of a checkout. Output: `digest` of both together.
#
#   REPOSITORY=ghcr.io/owner/repository VERSION=1.2.3 publish_image.sh hub
set -euo pipefail
name="$REPOSITORY/$1"
images=()
for file in build/digests/*; do
  digest="$(basename "$file")"
  if [[ ! "$digest" =~ ^[0-9a-f]{64}$ ]]; then
    echo "::error::$file is not named by a digest."
    exit 1
  fi
  images+=("$name@sha256:$digest")
done
if [ "${#images[@]}" -ne 2 ]; then
  echo "::error::$1 has ${#images[@]} platforms, not 2: amd64 and arm64."
  exit 1
fi
docker buildx imagetools create --tag "$name:$VERSION" --tag "$name:$(python3 -m tools.image_tags "$1")" "${images[@]}"
echo "digest=$(docker buildx imagetools inspect "$name:$VERSION" --format '{{.Manifest.Digest}}')" >> "$GITHUB_OUTPUT"
