"""The program in `bootstrap/` with the real engine and the stand-in for Google: created, protected, destroyed."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import succeed
from tests.doubles.google.outputs import project_number
from tests.doubles.google.plugin import engine_with_stand_in
from tools.commands import run
from tools.engine import Engine, Stack
from tools.paths import CHECKOUT

GOOD = {"project": "foo-123", "location": "europe-west1", "repositoryId": "1234567", "ownerId": "89"}
AT_ONCE = ("--yes", "--skip-preview")


@pytest.fixture
def stack(built_engine: Engine, tmp_path: Path) -> Stack:
    """A stack of the program, with a new cloud."""
    engine = engine_with_stand_in(built_engine, tmp_path)
    stack = Stack(name="bootstrap", engine=engine, folder=tmp_path, program=CHECKOUT / "bootstrap")
    _configure(stack, GOOD)
    return stack


def _configure(stack: Stack, values: dict[str, str]) -> None:
    file = stack.folder / "settings.yaml"
    file.write_text(yaml.safe_dump({"config": {f"jupyterhub-bootstrap:{key}": value for key, value in values.items()}}))
    stack.prepare(file, {})


def _exports(stack: Stack) -> dict[str, Any]:
    return json.loads(run(stack.command("stack", "output", "--json"), env=stack.environment))


def test_the_stack_is_created_is_idempotent_and_is_protected_from_destroy(stack: Stack, tmp_path: Path) -> None:
    assert "+ 52 to create" in succeed(stack, "preview")
    succeed(stack, "up", *AT_ONCE)
    succeed(stack, "up", *AT_ONCE, "--expect-no-changes")
    exports = _exports(stack)
    pool = f"projects/{project_number('foo-123')}/locations/global/workloadIdentityPools/jupyterhub-github"
    assert exports["variables"] == {
        "GCP_WORKLOAD_IDENTITY_PROVIDER": f"{pool}/providers/github",
        "PULUMI_BACKEND_URL": "gs://foo-123-pulumi-state",
        "GCP_PREVIEW_ACCOUNT": "jupyterhub-preview@foo-123.iam.gserviceaccount.com",
        "GCP_DRIFT_ACCOUNT": "jupyterhub-drift@foo-123.iam.gserviceaccount.com",
        "GCP_DEPLOY_ACCOUNT": "jupyterhub-deploy@foo-123.iam.gserviceaccount.com",
    }
    ring = "gcpkms://projects/foo-123/locations/europe-west1/keyRings/state-ring-"
    assert exports["secrets_provider"].startswith(ring)
    assert exports["commands"][-1] == f"pulumi stack init gke --secrets-provider={exports['secrets_provider']}"
    cloud = (tmp_path / "cloud.json").read_text()
    members = {
        resource["inputs"]["member"]
        for key, resource in json.loads(cloud).items()
        if key.startswith("gcp:serviceaccount/iAMMember:")
    }
    assert members == {
        f"principalSet://iam.googleapis.com/{pool}/attribute.purpose/{purpose}"
        for purpose in ("preview", "drift", "deploy")
    }

    refused = stack.run("destroy", "--yes")
    assert refused.returncode != 0
    assert "protected" in refused.stdout
    assert (tmp_path / "cloud.json").read_text() == cloud


def test_an_unprotected_stack_is_destroyed_and_can_be_created_again(stack: Stack, tmp_path: Path) -> None:
    """Google never frees the name of a key, so the second one has another name."""
    _configure(stack, {**GOOD, "protect": "false"})
    succeed(stack, "up", *AT_ONCE)
    first = _exports(stack)["secrets_provider"]
    succeed(stack, "destroy", *AT_ONCE)
    left = json.loads((tmp_path / "cloud.json").read_text())
    assert {key.partition(" ")[0] for key in left if "projects/service" not in key} == {
        "gcp:kms/keyRing:KeyRing",
        "gcp:kms/cryptoKey:CryptoKey",
    }
    succeed(stack, "up", *AT_ONCE)
    assert _exports(stack)["secrets_provider"] != first


def test_a_preview_reports_all_mistakes_without_a_traceback(stack: Stack) -> None:
    _configure(stack, {"project": "Foo", "location": "EU", "repositoryId": "octocat/hub"})
    done = stack.run("preview")
    assert done.returncode != 0
    assert "The config has 4 mistakes:" in done.stdout
    for key in ("project", "location", "repositoryId", "ownerId"):
        assert f"  * {key}: " in done.stdout
    assert "Traceback" not in done.stdout
