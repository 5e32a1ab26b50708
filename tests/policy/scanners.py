"""The scanners checkov and kube-score, and their findings in manifests."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from tests.installed import folder_of
from tests.manifests import Manifest
from tools import toolchain

_CHECKOV: Final = Path(__file__).parent / "checkov" / "requirements.txt"

Findings = set[tuple[str, str]]
"""(Check, object): the object is the kind and name, or for pods the part of the stack that they are."""


def checkov(stacks: Mapping[str, Sequence[Manifest]], folder: Path) -> Findings:
    """Return the findings of checkov in the manifests of several stacks, by name; `folder` is empty."""
    for name, manifests in stacks.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(manifests))
    options = ["--directory", folder, "--framework", "kubernetes", "--output", "json", "--skip-download", "--quiet"]
    report = json.loads(_output(_checkov(), "-m", "checkov.main", *options))
    assert report["summary"]["parsing_errors"] == 0
    parts = {each["metadata"]["name"]: part_of(each) for manifests in stacks.values() for each in manifests}
    # A resource is `<kind>.<namespace>.<name>`; that of a pod in another object ends with its labels.
    failed = [(each["check_id"], each["resource"].split(".")[2]) for each in report["results"]["failed_checks"]]
    return {(check, parts[name]) for check, name in failed}


def kube_score(manifests: Sequence[Manifest], *, kubernetes: str) -> Findings:
    """Return the findings of kube-score in the manifests of a stack.

    Raises:
        ToolError: Go is missing, or the build failed.
    """
    toolchain.build(toolchain.KUBE_SCORE)
    program = toolchain.KUBE_SCORE.programs / "kube-score"
    options = ["--output-format", "json", "--kubernetes-version", f"v{kubernetes}", "-"]
    report = json.loads(_output(program, "score", *options, text=yaml.safe_dump_all(manifests)))
    return {
        (check["check"]["id"], part_of({"kind": found["type_meta"]["kind"], "metadata": found["object_meta"]}))
        for found in report
        for check in found["checks"]
        if check["grade"] < _BEST and not check["skipped"]
    }


_BEST: Final = 10
_PARTS: Final = {
    "hub": "hub",
    "proxy": "proxy",
    "singleuser-server": "notebook",
    "spare": "placeholder",
    "images": "image pull",
}


def part_of(manifest: Mapping[str, Any]) -> str:
    """Return the part of the stack that an object belongs to; its kind if it belongs to the whole."""
    labels: dict[str, str] = manifest["metadata"].get("labels") or {}
    return _PARTS.get(labels.get("app.kubernetes.io/component", "")) or str(manifest["kind"])


def _checkov() -> Path:
    """Return the Python of checkov's environment."""

    def install(folder: Path) -> None:
        python = folder / "bin" / "python"
        for command in (
            ["-m", "venv", "--without-pip", folder],
            # Without compilation: most of it is for other files than manifests, and never imported.
            ["-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-compile", "-r", _CHECKOV],
        ):
            subprocess.run([sys.executable, *command], check=True, capture_output=True)

    return folder_of("checkov", [_CHECKOV], install, version=sys.version) / "bin" / "python"


def _output(*command: str | Path, text: str = "") -> str:
    """Return a scanner's standard output; its exit code is 1 if it finds something."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout
