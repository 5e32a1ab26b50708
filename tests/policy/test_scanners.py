"""checkov and kube-score find nothing that has no reason in `exceptions.yaml`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest
import yaml

from policy.rules import RULES
from tests.conftest import leave_out
from tests.manifests import Manifest
from tests.policy.manifests import manifests_of
from tests.policy.scanners import Findings, checkov, kube_score
from tests.stacks import CLOUD_SQL, GATEWAY, IAP, record_gke, record_hub
from tools.errors import ToolError

EXCEPTIONS = Path(__file__).parent / "exceptions.yaml"
KUBERNETES = "1.34"
OPTIONAL: Mapping[str, object] = {
    "identity.notebooks": [
        {"name": "physics", "googleServiceAccount": "physics@my-project-123.iam.gserviceaccount.com", "users": ["ada"]}
    ],
    "notebook.quota": {"pods": 50},
    "notebook.spare": [{"servers": 1}],
    "notebook.prepull": True,
    "monitoring.metrics": "managed-prometheus",
    "clusterAdmin.user": "ada@example.org",
}

Stacks = Mapping[str, Sequence[Manifest]]


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Stacks:
    """The objects of the default stack, and of one on GKE with all optional objects."""
    records = {"default": record_hub(), "gke": record_gke(GATEWAY, IAP, CLOUD_SQL, OPTIONAL)}
    return {name: manifests_of(record, tmp_path_factory.mktemp(name)) for name, record in records.items()}


def _differences(found: Findings, scanner: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the findings that have no reason, and the reasons that nothing needs."""
    exceptions = cast("dict[str, dict[str, dict[str, object]]]", yaml.safe_load(EXCEPTIONS.read_text()))[scanner]
    assert all(str(exception["reason"]) for exception in exceptions.values())
    known = {(check, part) for check, exception in exceptions.items() for part in cast("list[str]", exception["in"])}
    return sorted(found - known), sorted(known - found)


def test_checkov_finds_exactly_what_has_a_reason(stacks: Stacks, tmp_path: Path) -> None:
    assert _differences(checkov(stacks, tmp_path), "checkov") == ([], [])


def test_kube_score_finds_exactly_what_has_a_reason(stacks: Stacks) -> None:
    try:
        found = set[tuple[str, str]]().union(*(kube_score(each, kubernetes=KUBERNETES) for each in stacks.values()))
    except ToolError as error:
        leave_out(str(error))
        raise
    assert _differences(found, "kube-score") == ([], [])


def test_the_policies_find_nothing_in_the_pod_of_a_notebook(stacks: Stacks) -> None:
    for manifests in stacks.values():
        pods = [each for each in manifests if each["kind"] == "Pod"]
        assert len(pods) == 1
        assert [found for rule in RULES for found in rule.check("kubernetes:core/v1:Pod", pods[0])] == []
