import pytest

from settings import ClusterSettings
from settings.google.accelerators import ACCELERATORS
from settings.google.regions import ZONES
from settings.groups.node_zones import gpu_zones, home_zones, node_zones


def _cluster(location: str, **values: object) -> ClusterSettings:
    return ClusterSettings.model_validate({"mode": "create", "location": location, **values})


@pytest.mark.parametrize("region", ZONES)
def test_a_created_cluster_has_nodes_in_three_zones_and_with_each_gpu_type_of_its_region(region: str) -> None:
    zones = node_zones(_cluster(region))
    assert len(zones) == 3
    assert set(zones) <= set(ZONES[region])
    for name, gpu in ACCELERATORS.items():
        assert bool(gpu_zones(name, _cluster(region))) == bool(gpu.zones & {*ZONES[region]}), name


def test_in_a_zone_the_nodes_are_there_alone() -> None:
    assert node_zones(_cluster("us-central1-f")) == ("us-central1-f",)
    assert gpu_zones("nvidia-tesla-p100", _cluster("us-central1-f")) == ("us-central1-f",)
    assert gpu_zones("nvidia-tesla-p4", _cluster("us-central1-f")) == ()


@pytest.mark.parametrize("values", [{"mode": "existing"}, {"autopilot": True}])
def test_where_others_make_the_nodes_they_may_be_in_every_zone_of_the_region(values: dict[str, object]) -> None:
    assert node_zones(_cluster("us-central1", **values)) == ZONES["us-central1"]
    assert gpu_zones("nvidia-tesla-p100", _cluster("us-central1", **values)) == ("us-central1-c", "us-central1-f")


def test_homes_are_only_where_every_gpu_type_is() -> None:
    assert home_zones([], _cluster("us-central1")) == tuple(f"us-central1-{letter}" for letter in "abc")
    types = ["nvidia-tesla-p4", "nvidia-tesla-t4"]
    assert home_zones(types, _cluster("us-central1")) == ("us-central1-a", "us-central1-c")
    assert home_zones(types, _cluster("us-central1-a")) == ("us-central1-a",)


def test_without_a_location_there_are_no_zones() -> None:
    assert node_zones(ClusterSettings()) == ()
