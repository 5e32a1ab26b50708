import pytest

from settings import ClusterSettings
from settings.google.accelerators import ACCELERATORS
from settings.google.regions import ZONES


def _cluster(location: str, **values: object) -> ClusterSettings:
    return ClusterSettings.model_validate({"mode": "create", "location": location, **values})


@pytest.mark.parametrize("region", ZONES)
def test_a_created_cluster_has_nodes_in_three_zones_with_each_gpu_type(region: str) -> None:
    zones = _cluster(region).node_zones
    assert len(zones) == 3
    assert set(zones) <= set(ZONES[region])
    for name, gpu in ACCELERATORS.items():
        assert _cluster(region).has_known(name) == bool(gpu.zones & {*ZONES[region]}), name


def test_a_zonal_cluster_has_nodes_in_its_zone_only() -> None:
    assert _cluster("us-central1-f").node_zones == ("us-central1-f",)
    assert _cluster("us-central1-f").zones_with(["nvidia-tesla-p100"]) == ("us-central1-f",)
    assert not _cluster("us-central1-f").has_known("nvidia-tesla-p4")


@pytest.mark.parametrize("values", [{"mode": "existing"}, {"autopilot": True}])
def test_nodes_that_the_stack_does_not_create_can_be_in_every_zone(values: dict[str, object]) -> None:
    assert _cluster("us-central1", **values).node_zones == ZONES["us-central1"]
    assert _cluster("us-central1", **values).zones_with(["nvidia-tesla-p100"]) == ("us-central1-c", "us-central1-f")


def test_homes_are_in_zones_with_every_gpu_type() -> None:
    assert _cluster("us-central1").zones_with([]) == tuple(f"us-central1-{letter}" for letter in "abc")
    types = ["nvidia-tesla-p4", "nvidia-tesla-t4"]
    assert _cluster("us-central1").zones_with(types) == ("us-central1-a", "us-central1-c")
    assert _cluster("us-central1-a").zones_with(types) == ("us-central1-a",)


def test_without_a_location_there_are_no_zones() -> None:
    assert ClusterSettings().node_zones == ()


def test_a_gpu_type_that_is_not_known_at_the_location_restricts_nothing() -> None:
    cluster = _cluster("us-central1")
    assert cluster.zones_with(["nvidia-new"]) == cluster.node_zones
    assert cluster.zones_with(["nvidia-new", "nvidia-tesla-p4"]) == ("us-central1-a", "us-central1-c")


def test_an_unknown_region_is_assumed_to_have_three_zones() -> None:
    assert _cluster("europe-west99").node_zones == ("europe-west99-a", "europe-west99-b", "europe-west99-c")
