import pytest

from settings import ClusterSettings
from settings.google.accelerators import ACCELERATORS
from settings.google.regions import ZONES


def _cluster(location: str, **values: object) -> ClusterSettings:
    return ClusterSettings.model_validate({"mode": "create", "location": location, **values})


@pytest.mark.parametrize("region", ZONES)
def test_a_created_cluster_has_nodes_in_three_zones_and_with_each_gpu_type_of_its_region(region: str) -> None:
    zones = _cluster(region).node_zones
    assert len(zones) == 3
    assert set(zones) <= set(ZONES[region])
    for name, gpu in ACCELERATORS.items():
        assert _cluster(region).has_known(name) == bool(gpu.zones & {*ZONES[region]}), name


def test_in_a_zone_the_nodes_are_there_alone() -> None:
    assert _cluster("us-central1-f").node_zones == ("us-central1-f",)
    assert _cluster("us-central1-f").zones_with(["nvidia-tesla-p100"]) == ("us-central1-f",)
    assert not _cluster("us-central1-f").has_known("nvidia-tesla-p4")


@pytest.mark.parametrize("values", [{"mode": "existing"}, {"autopilot": True}])
def test_where_others_make_the_nodes_they_may_be_in_every_zone_of_the_region(values: dict[str, object]) -> None:
    assert _cluster("us-central1", **values).node_zones == ZONES["us-central1"]
    assert _cluster("us-central1", **values).zones_with(["nvidia-tesla-p100"]) == ("us-central1-c", "us-central1-f")


def test_homes_are_only_where_every_gpu_type_is() -> None:
    assert _cluster("us-central1").zones_with([]) == tuple(f"us-central1-{letter}" for letter in "abc")
    types = ["nvidia-tesla-p4", "nvidia-tesla-t4"]
    assert _cluster("us-central1").zones_with(types) == ("us-central1-a", "us-central1-c")
    assert _cluster("us-central1-a").zones_with(types) == ("us-central1-a",)


def test_without_a_location_there_are_no_zones() -> None:
    assert ClusterSettings().node_zones == ()


def test_a_gpu_type_that_is_not_known_there_restricts_nothing() -> None:
    cluster = _cluster("us-central1")
    assert cluster.zones_with(["nvidia-new"]) == cluster.node_zones
    assert cluster.zones_with(["nvidia-new", "nvidia-tesla-p4"]) == ("us-central1-a", "us-central1-c")


def test_a_region_that_is_not_known_is_taken_to_have_three_zones() -> None:
    assert _cluster("europe-west99").node_zones == ("europe-west99-a", "europe-west99-b", "europe-west99-c")
