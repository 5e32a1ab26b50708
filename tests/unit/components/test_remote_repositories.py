"""Remote repositories of other registries, and image streaming on the nodes for notebooks."""

import json
from collections.abc import Mapping

from tests.doubles.google import rules
from tests.doubles.monitor import Record
from tests.stacks import record_gke

_REMOTES: Mapping[str, object] = {"registry.remotes": ["quay.io", "docker.io", "quay.io"]}
_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}


def _streaming(record: Record) -> dict[str, bool]:
    """Return which pools stream images, by the last part of their name."""
    pools = {pool.name.rpartition("-")[2]: pool.inputs["nodeConfig"] for pool in record.of("NodePool")}
    return {name: config.get("gcfsConfig") == {"enabled": True} for name, config in pools.items()}


def test_each_registry_has_one_cache_in_the_region_of_the_cluster() -> None:
    record = record_gke(_REMOTES, {"cluster.location": "europe-west1-b"})
    made = {one.inputs["repositoryId"]: one.inputs for one in record.of("Repository")}
    assert made.keys() == {"jupyterhub-quay-io", "jupyterhub-docker-io"}
    uris = {name: one["remoteRepositoryConfig"]["commonRepository"]["uri"] for name, one in made.items()}
    assert uris == {"jupyterhub-quay-io": "https://quay.io", "jupyterhub-docker-io": "https://registry-1.docker.io"}
    assert {one["location"] for one in made.values()} == {"europe-west1"}
    assert {one["mode"] for one in made.values()} == {"REMOTE_REPOSITORY"}
    assert [failure for one in made.values() for failure in rules.broken(record.of("Repository")[0].type, one)] == []


def test_the_nodes_may_pull_from_each_cache() -> None:
    readers = {one.inputs["repository"]: one.inputs for one in record_gke(_REMOTES).of("RepositoryIamMember")}
    assert readers.keys() == {"jupyterhub", "jupyterhub-quay-io", "jupyterhub-docker-io"}
    assert {one["role"] for one in readers.values()} == {"roles/artifactregistry.reader"}


def test_only_nodes_for_notebooks_stream_images_and_only_with_a_cache() -> None:
    assert _streaming(record_gke(_REMOTES, {"nodes.gpu": [_L4]})) == {"core": False, "user": True, "l4": True}
    assert not any(_streaming(record_gke()).values())


def test_image_streaming_is_on_or_off_whatever_the_remote_repositories_are() -> None:
    with_streaming = record_gke({"nodes.imageStreaming": True})
    assert _streaming(with_streaming) == {"core": False, "user": True}
    apis = {one.inputs["service"] for one in with_streaming.of("Service") if one.type.startswith("gcp:")}
    assert "containerfilesystem.googleapis.com" in apis
    assert _streaming(record_gke(_REMOTES, {"nodes.imageStreaming": False})) == {"core": False, "user": False}


def test_the_hub_knows_the_cache_of_each_registry() -> None:
    record = record_gke(_REMOTES)
    (data,) = [one.inputs["data"] for one in record.of("ConfigMap") if "hub.json" in one.inputs["data"]]
    place = "europe-west1-docker.pkg.dev/my-project-123"
    expected = {"quay.io": f"{place}/jupyterhub-quay-io", "docker.io": f"{place}/jupyterhub-docker-io"}
    assert json.loads(data["hub.json"])["remote_repositories"] == expected
