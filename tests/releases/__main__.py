"""Write the files of the version in docker/VERSION to this folder. Once a release, before its tag."""

import sys

from tests.releases import Release
from tools.paths import CHECKOUT

version = (CHECKOUT / "docker" / "VERSION").read_text(encoding="utf-8").strip()
release = Release(version=version)
if release.folder.exists():
    sys.exit(
        f"error: {release.folder} exists already, and a release does not change. Set the new version in docker/VERSION"
    )
# Without Pulumi.gke.yaml, whose secret is missing: tests/engine/states/ has its stack.
release.write([CHECKOUT / "Pulumi.dev.yaml", *sorted((CHECKOUT / "examples").glob("Pulumi.*.yaml"))])
print(f"Wrote {release.folder}")
