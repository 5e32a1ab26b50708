"""An existing cluster that is missing or lacks features fails the program, with the real engine."""

from collections.abc import Generator, Mapping

import pytest

from settings.reading.keys import PROJECT, SECRETS
from tests.doubles.google.cloud import Cloud
from tests.doubles.google.invokes import MISSING
from tests.engine.google_half import GoogleHalf, google_half
from tests.stacks import EXISTING, GATEWAY, GKE
from tools.engine import Engine

_TOKEN = "gcp:container/cluster:Cluster"  # noqa: S105 not a secret
_ID = "projects/my-project-123/locations/europe-west1/clusters/bare"
_VALUES: Mapping[str, object] = {
    **GKE,
    **EXISTING,
    **GATEWAY,
    "protect": False,
    "identity.hubServiceAccount": "jupyterhub@my-project-123.iam.gserviceaccount.com",
}


@pytest.fixture(scope="module")
def half(built_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[GoogleHalf]:
    """A stack for an existing cluster, and a cloud with a cluster without features."""
    config = {f"{PROJECT}:{key}": {"secure": ""} if key in SECRETS else value for key, value in _VALUES.items()}
    with google_half(built_engine, tmp_path_factory.mktemp("existing"), config) as made:
        outputs: dict[str, object] = {
            "endpoint": "127.0.0.1:9",
            "masterAuth": {"clusterCaCertificate": ""},
            "nodeLocations": ["europe-west1-d"],
        }
        Cloud(file=made.stack.folder / "cloud.json").create(_TOKEN, _ID, {}, outputs)
        yield made


def _error_of(half: GoogleHalf, command: str) -> str:
    """Run a command that fails before it creates anything, and return its output."""
    done = half.preview() if command == "preview" else half.run(command)
    assert not done.succeeded
    assert "Traceback" not in done.printed
    assert half.cloud() == {f"{_TOKEN} {_ID}"}
    return done.printed


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_missing_cluster_is_reported_with_its_keys(half: GoogleHalf, command: str) -> None:
    half.change({"cluster.name": MISSING})
    error = _error_of(half, command)
    assert "cluster.name, cluster.location: there is no GKE cluster missing in europe-west1 of project" in error
    assert "gcloud container clusters list --project=my-project-123" in error


@pytest.mark.parametrize("command", ["preview", "up"])
def test_all_missing_features_of_a_cluster_are_reported_at_once(half: GoogleHalf, command: str) -> None:
    half.change({"cluster.name": "bare", "cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"})
    error = _error_of(half, command)
    assert "For the existing cluster bare, the config of stack gke has 4 mistakes:" in error, error
    for key in ("cluster.autopilot", "endpoint.type", "identity.hubServiceAccount", "notebook.accelerator"):
        assert f"* {key}: " in error


def test_in_an_existing_cluster_only_resources_of_the_hub_are_created(half: GoogleHalf) -> None:
    half.change({"cluster.name": "existing"})
    before = half.cloud()
    assert half.run("up").succeeded
    kinds = {entry.partition(" ")[0].rpartition(":")[2] for entry in half.cloud() - before}
    assert kinds >= {"Service", "IAMMember", "GlobalAddress", "Certificate"}
    assert not kinds & {"Cluster", "NodePool", "Network", "Repository", "RepositoryIamMember"}


def test_a_protected_stack_is_destroyed_only_after_protect_is_off(half: GoogleHalf) -> None:
    half.change({"cluster.name": "existing", "protect": True})
    assert half.run("up").succeeded
    before = half.cloud()
    # With its preview, as users run it: without it, destroy would first delete the unprotected resources.
    refused = half.stack.run("destroy", "--yes")
    assert refused.returncode != 0
    assert "protect" in refused.stdout
    assert half.cloud() == before
    half.change({"cluster.name": "existing", "protect": False})
    assert half.run("up").succeeded
    assert half.run("destroy").succeeded
    # The APIs stay enabled in Google Cloud; the stand-in forgets them with the stack.
    assert half.cloud() == {f"{_TOKEN} {_ID}"}
