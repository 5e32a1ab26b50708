"""Node zones of the stand-in's clusters differ from a program's guess."""

import pytest

from tests.doubles.google.rules import CLUSTER, NODE_POOL
from tests.doubles.google.wire import Properties
from tests.unit.doubles.google.driver import Driver, RefusedError

_CLUSTER: Properties = {
    "name": "hub",
    "location": "us-central1",
    "initialNodeCount": 1,
    "nodeConfig": {"diskType": "pd-standard"},
}


def _zones(letters: str) -> list[str]:
    return [f"us-central1-{letter}" for letter in letters]


def test_missing_node_locations_are_chosen_by_the_stand_in(driver: Driver) -> None:
    _, chosen = driver.create(CLUSTER, _CLUSTER)
    assert chosen["nodeLocations"] == _zones("bcf")
    _, named = driver.create(CLUSTER, {**_CLUSTER, "name": "other", "nodeLocations": _zones("a")})
    assert named["nodeLocations"] == _zones("a")
    _, zonal = driver.create(CLUSTER, {**_CLUSTER, "location": "us-central1-a"})
    assert zonal["nodeLocations"] == []


@pytest.mark.parametrize("location", ["us-central1", "us-central1-b"])
def test_a_node_pool_outside_the_clusters_region_is_refused(driver: Driver, location: str) -> None:
    cluster, _ = driver.create(CLUSTER, {**_CLUSTER, "location": location})
    with pytest.raises(RefusedError, match="us-east1-b"):
        driver.create(NODE_POOL, {"name": "gpu", "cluster": cluster, "nodeLocations": [*_zones("a"), "us-east1-b"]})
    driver.create(NODE_POOL, {"name": "gpu", "cluster": cluster, "nodeLocations": _zones("ab")})
    driver.create(NODE_POOL, {"name": "user", "cluster": cluster})


def test_a_cluster_with_zones_of_another_region_is_refused(driver: Driver) -> None:
    with pytest.raises(RefusedError, match="us-east1-b"):
        driver.create(CLUSTER, {**_CLUSTER, "nodeLocations": ["us-east1-b"]})
