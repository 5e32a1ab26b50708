"""Zones of the nodes of a created cluster, in which homes are."""

from collections.abc import Mapping

import pulumi
import pytest

import settings
from components.gke.home_zones import ZoneInUseError, require_zones
from components.gke.node_pools import zones_with_gpus
from settings.reading.keys import SECRETS
from tests.doubles.monitor import Record, Registration
from tests.stacks import GKE, record_gke

_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}
_P100 = {"name": "p100", "machineType": "n1-standard-8", "accelerator": "nvidia-tesla-p100"}
_ALL = ["europe-west1-b", "europe-west1-c", "europe-west1-d"]


def _pools(record: Record) -> dict[str, Registration]:
    return {pool.name.rpartition("-")[2]: pool for pool in record.of("NodePool")}


def test_all_nodes_of_a_new_stack_are_in_one_zone() -> None:
    record = record_gke({"nodes.gpu": [_L4]})
    assert record.one("Cluster").inputs["nodeLocations"] == _ALL[:1]
    assert {name: pool.inputs["nodeLocations"] for name, pool in _pools(record).items()} == dict.fromkeys(
        ("core", "user", "l4"), _ALL[:1]
    )


def test_nodes_are_in_the_zones_of_the_settings_and_gpus_where_there_are_any() -> None:
    record = record_gke({"nodes.gpu": [_L4], "nodes.zones": _ALL[1:]})
    assert record.one("Cluster").inputs["nodeLocations"] == _ALL[1:]
    assert {name: pool.inputs["nodeLocations"] for name, pool in _pools(record).items()} == {
        "core": ["europe-west1-c"],
        "user": ["europe-west1-c", "europe-west1-d"],
        "l4": ["europe-west1-c"],
    }


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, ["core", "user"]),
        ({"nodes.zones": _ALL}, ["core"]),
        ({"nodes.zones": _ALL, "hub.storage": {"size": "10Gi", "regional": True}}, list[str]()),
    ],
    ids=str,
)
def test_pools_of_an_existing_cluster_keep_their_zones_unless_others_are_set(
    changes: Mapping[str, object], kept: list[str]
) -> None:
    record = record_gke({"nodes.gpu": [_L4]}, changes)
    pools = _pools(record).items()
    assert sorted(name for name, pool in pools if "nodeLocations" in pool.ignore_changes) == kept
    # GKE would change the zones of all pools with it.
    assert "nodeLocations" in record.one("Cluster").ignore_changes


def _update(before: list[str] | None, after: list[str] | None) -> None:
    """Run the hook of the pool for notebooks, with its zones before and after."""
    given = {} if after is None else {"nodeLocations": after}
    require_zones(pulumi.ResourceHookArgs("urn", "id", "user", "type", given, {}, {}, {"nodeLocations": before}))


def test_a_zone_that_may_have_homes_is_not_taken_away() -> None:
    with pytest.raises(ZoneInUseError) as caught:
        _update(_ALL, ["europe-west1-d"])
    assert "nodes.zones: lacks europe-west1-b and europe-west1-c" in str(caught.value)
    assert "zone:(europe-west1-b europe-west1-c)" in str(caught.value)
    assert "pulumi config set protect false" in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after"), [(_ALL[:1], _ALL), (_ALL, _ALL[::-1]), (_ALL, None), (None, _ALL[:1])], ids=str
)
def test_more_zones_or_the_same_ones_are_accepted(before: list[str] | None, after: list[str] | None) -> None:
    _update(before, after)


def test_a_gpu_type_that_no_zone_of_the_nodes_has_is_told() -> None:
    offered = {"notebook.additionalResources": {"nvidia.com/gpu": 1}}
    found = settings.parse(
        {**GKE, **offered, "cluster.location": "us-central1", "nodes.gpu": [_P100]}, encrypted=SECRETS
    )
    (gpu,) = found.nodes.gpu
    assert zones_with_gpus(found, gpu, ["us-central1-a", "us-central1-c"]) == ["us-central1-c"]
    with pytest.raises(pulumi.RunError, match=r"^nodes\.gpu: .*us-central1-a, without nvidia-tesla-p100, .*-f have"):
        zones_with_gpus(found, gpu, ["us-central1-a"])
