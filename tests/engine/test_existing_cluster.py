"""A cluster that is looked up and is not there, or cannot do what it is asked for, ends a run of the real engine."""

from collections.abc import Generator, Mapping

import pytest

from settings.reading.keys import PROJECT, SECRETS
from tests.conftest import pulumi
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
    """A stack for an existing cluster, in a cloud that has one with nothing switched on."""
    config = {f"{PROJECT}:{key}": {"secure": ""} if key in SECRETS else value for key, value in _VALUES.items()}
    with google_half(built_engine, tmp_path_factory.mktemp("existing"), config) as made:
        outputs: dict[str, object] = {
            "endpoint": "127.0.0.1:9",
            "masterAuth": {"clusterCaCertificate": ""},
            "nodeLocations": ["europe-west1-d"],
        }
        Cloud(file=made.stack.folder / "cloud.json").create(_TOKEN, _ID, {}, outputs)
        yield made


def _told(half: GoogleHalf, command: str) -> str:
    """What a person is told whose command fails before anything is made."""
    done = half.preview() if command == "preview" else half.run(command)
    assert not done.succeeded
    assert "Traceback" not in done.printed
    assert half.cloud() == {f"{_TOKEN} {_ID}"}
    return done.printed


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_cluster_that_is_not_there_is_named_with_its_keys(half: GoogleHalf, command: str) -> None:
    half.change({"cluster.name": MISSING})
    told = _told(half, command)
    assert "cluster.name, cluster.location: there is no GKE cluster missing in europe-west1 of project" in told
    assert "gcloud container clusters list --project=my-project-123" in told


@pytest.mark.parametrize("command", ["preview", "up"])
def test_all_that_a_cluster_cannot_do_is_told_at_once(half: GoogleHalf, command: str) -> None:
    half.change({"cluster.name": "bare", "cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"})
    told = _told(half, command)
    assert "For the existing cluster bare, the config of stack gke has 4 mistakes:" in told, told
    for key in ("cluster.autopilot", "endpoint.type", "identity.hubServiceAccount", "notebook.accelerator"):
        assert f"* {key}: " in told


def test_in_a_cluster_that_can_do_it_only_what_goes_with_the_hub_is_made(half: GoogleHalf) -> None:
    half.change({"cluster.name": "of-somebody"})
    before = half.cloud()
    assert half.run("up").succeeded
    kinds = {entry.partition(" ")[0].rpartition(":")[2] for entry in half.cloud() - before}
    assert kinds >= {"Service", "IAMMember", "GlobalAddress", "Certificate"}
    assert not kinds & {"Cluster", "NodePool", "Network", "Repository", "RepositoryIamMember"}


def test_protect_makes_destroy_refuse_until_an_up_has_taken_it_away(half: GoogleHalf) -> None:
    half.change({"cluster.name": "of-somebody", "protect": True})
    assert half.run("up").succeeded
    before = half.cloud()
    # As people run it: without its preview, it would take away what is not protected, and end then.
    refused = pulumi(half.stack, "destroy", "--yes", "--non-interactive")
    assert refused.returncode != 0
    assert "protect" in refused.stdout
    assert half.cloud() == before
    half.change({"cluster.name": "of-somebody", "protect": False})
    assert half.run("up").succeeded
    assert half.run("destroy").succeeded
    # The APIs stay enabled in Google Cloud; the stand-in forgets them with the stack.
    assert half.cloud() == {f"{_TOKEN} {_ID}"}
