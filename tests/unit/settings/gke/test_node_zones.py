from collections.abc import Mapping

import pytest

import settings
from settings import ClusterSettings, Settings
from settings.google.accelerators import ACCELERATORS
from settings.google.regions import ZONES
from tests.corpus import base

_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}
_P100 = {"name": "p100", "machineType": "n1-standard-8", "accelerator": "nvidia-tesla-p100"}
_GPU: Mapping[str, object] = {"notebook.additionalResources": {"nvidia.com/gpu": 1}}


def _cluster(location: str, **values: object) -> ClusterSettings:
    return ClusterSettings.model_validate({"mode": "create", "location": location, **values})


def _settings(values: Mapping[str, object]) -> Settings:
    return settings.parse({**base("gke"), **values})


@pytest.mark.parametrize("region", ZONES)
def test_the_first_three_zones_of_a_region_have_each_of_its_gpu_types(region: str) -> None:
    zones = _cluster(region).first_zones
    assert len(zones) == 3
    assert set(zones) <= set(ZONES[region])
    for name, gpu in ACCELERATORS.items():
        assert _cluster(region).has_known(name) == (not gpu.zones.isdisjoint(zones)), name


@pytest.mark.parametrize(
    ("changes", "letters"),
    [
        ({}, "b"),
        ({"nodes.zones": ["europe-west1-d", "europe-west1-b"]}, "db"),
        ({"cluster.location": "europe-west1-d"}, "d"),
        ({"hub.storage": {"size": "10Gi", "regional": True}}, "bcd"),
        ({"notebook.storage": {"size": "10Gi", "regional": True}}, "bcd"),
        ({"database.type": "cloud-sql"}, "b"),
        ({"database.type": "cloud-sql", "database.highAvailability": True}, "bcd"),
    ],
    ids=str,
)
def test_nodes_are_in_one_zone_unless_more_are_asked_for(changes: Mapping[str, object], letters: str) -> None:
    found = _settings(changes)
    assert found.node_zones == tuple(f"europe-west1-{letter}" for letter in letters)
    assert found.has_fixed_zones is (changes not in ({}, {"database.type": "cloud-sql"}))


def test_the_zone_of_a_new_cluster_has_the_gpu_types_of_its_pools() -> None:
    of_region: Mapping[str, object] = {"cluster.location": "us-central1"}
    assert _settings(of_region).node_zones == ("us-central1-a",)
    assert _settings({**of_region, **_GPU, "nodes.gpu": [_L4, _P100]}).node_zones == ("us-central1-c",)


def test_a_zonal_cluster_has_nodes_in_its_zone_only() -> None:
    assert _cluster("us-central1-f").zones == ("us-central1-f",)
    assert _cluster("us-central1-f").zones_with(["nvidia-tesla-p100"]) == ("us-central1-f",)
    assert not _cluster("us-central1-f").has_known("nvidia-tesla-p4")


def test_homes_are_in_zones_with_every_gpu_type() -> None:
    assert _cluster("us-central1").zones_with([]) == ZONES["us-central1"]
    assert _cluster("us-central1").zones_with(["nvidia-tesla-p100"]) == ("us-central1-c", "us-central1-f")
    types = ["nvidia-tesla-p4", "nvidia-tesla-t4"]
    assert _cluster("us-central1").zones_with(types) == ("us-central1-a", "us-central1-c")
    assert _cluster("us-central1-a").zones_with(types) == ("us-central1-a",)


def test_without_a_location_there_are_no_zones() -> None:
    assert ClusterSettings().zones == ()


def test_a_gpu_type_that_is_not_known_at_the_location_restricts_nothing() -> None:
    cluster = _cluster("us-central1")
    assert cluster.zones_with(["nvidia-new"]) == cluster.zones
    assert cluster.zones_with(["nvidia-new", "nvidia-tesla-p4"]) == ("us-central1-a", "us-central1-c")


def test_an_unknown_region_is_assumed_to_have_three_zones() -> None:
    assert _cluster("europe-west99").zones == ("europe-west99-a", "europe-west99-b", "europe-west99-c")
