"""Docker on this machine, and the images that come from the public registry or are built with it.

An image's tag is a digest of its files in `docker/`. The release workflow publishes that tag beside the version, so
the registry has an image exactly as long as its files are those of a release.
"""

import os
import re
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from settings import Settings
from tools import commands, image_tags, paths
from tools.clusters.cluster import open_keys
from tools.errors import ToolError
from tools.local import buildah
from tools.steps import say, step

_BUILT = "localhost/jupyterhub"
_ON_GITHUB = re.compile(r"(?:https://|ssh://)?(?:[^@/]*@)?github\.com[:/](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?")
_ABSENT = re.compile(r"manifest unknown|not found|denied|unauthorized|no such manifest", re.IGNORECASE)
"""Answers of a registry without the image; GitHub's denies access to a package that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """The images that a stack file leaves open."""

    references: Mapping[str, str]
    """Their names in pods, by key: `{"hub.image": "ghcr.io/owner/repository/hub:0123456789ab"}`."""
    built: tuple[str, ...]
    """Those that only this machine's Docker has, and that a cluster must be given."""


def obstacle() -> str:
    """Return why Docker cannot be used; empty if it can."""
    if shutil.which("docker") is None:
        return "docker is not installed"
    if not commands.attempt(["docker", "version"]):
        return "the Docker daemon does not answer; `docker version` says why"
    return ""


def registry() -> str:
    """Return the repository of the published images: HUB_IMAGES, or that of the GitHub remote; empty if unknown."""
    if configured := os.environ.get("HUB_IMAGES"):
        return configured.rstrip("/")
    try:
        remote = commands.run(["git", "-C", paths.CHECKOUT, "remote", "get-url", "origin"]).strip()
    except ToolError:
        return ""
    found = _ON_GITHUB.fullmatch(remote)
    return f"ghcr.io/{found['name'].lower()}" if found else ""


def find(settings: Settings) -> Found:
    """Find the images that a stack file leaves open in the registry, or else build them. Says which, and why.

    Raises:
        ToolError: A build failed.
    """
    keys = open_keys(settings)
    tags = {name: image_tags.digest(name, paths.CHECKOUT / "docker") for name in keys}
    place = registry()
    with ThreadPoolExecutor() as pool:
        answers = {name: pool.submit(_absence, place, name, tag) for name, tag in tags.items()}
        reasons = {name: answer.result() for name, answer in answers.items()}
    published = {name: f"{place}/{name}:{tag}" for name, tag in tags.items() if not reasons[name]}
    local = {name: f"{_BUILT}/{name}:{tag}" for name, tag in tags.items() if reasons[name]}
    if published:
        say(f"Images: {', '.join(published)} from {place}, as docker/ is that of a release.")
    if local:
        why = "; ".join(sorted({reasons[name] for name in local}))
        say(f"Images: {', '.join(local)} built here from docker/: {why}.")
    for name, reference in local.items():
        _build(name, reference)
    references = {keys[name]: reference for name, reference in {**published, **local}.items()}
    return Found(references=references, built=tuple(local.values()))


def _absence(place: str, name: str, tag: str) -> str:
    """Return why the registry's image cannot be used; empty if it can."""
    if not place:
        return "the checkout has no remote on GitHub, and HUB_IMAGES is not set"
    # A content's tag is never given to another one, so the answer holds without a network, too.
    known = paths.CACHE / "published" / f"{name}-{tag}"
    if known.exists() and known.read_text() == place:
        return ""
    try:
        commands.run(["docker", "manifest", "inspect", f"{place}/{name}:{tag}"], doing="docker manifest inspect")
    except ToolError as error:
        reason = str(error).splitlines()[-1].strip()
        if _ABSENT.search(reason):
            return f"{place} has no image of these files"
        return f"{place} could not be asked ({reason})"
    known.parent.mkdir(parents=True, exist_ok=True)
    known.write_text(place)
    return ""


def _build(name: str, reference: str) -> None:
    if commands.attempt(["docker", "image", "inspect", reference]):
        return
    architecture = commands.run(["docker", "version", "--format", "{{.Server.Arch}}"]).strip()
    prefix, _, tag = reference.rpartition(f"/{name}:")
    bundle = buildah.ca_bundle()
    words = [
        "PROJECT_ID=local",
        f"PREFIX={prefix}",
        f"VERSION={tag}",
        f"PLATFORM=linux/{architecture}",
        "ENGINE=docker",
    ]
    with step(f"Building the {name} image"):
        commands.run(
            [
                "make",
                "-C",
                paths.CHECKOUT / "docker",
                f"build-{name}",
                *words,
                *([f"CA_BUNDLE={bundle}"] if bundle else []),
            ],
            # An attestation beside the image is what `kind load` fails on with Docker's containerd image store.
            env={"BUILDX_NO_DEFAULT_ATTESTATIONS": "1", "DOCKER_BUILDKIT": "1"},
            doing=f"Building the {name} image with Docker",
        )
