import json

import pytest

import settings
from settings.google.accelerators import ACCELERATORS
from settings.google.regions import ZONES
from settings.types.places import region_of
from tests.corpus import base, mistakes_of

GKE = base("gke")


@pytest.mark.parametrize("name", ACCELERATORS)
def test_a_gpu_type_has_a_warning_only_outside_its_zones(name: str) -> None:
    gpu = ACCELERATORS[name]
    pool = {"name": "gpu", "machineType": f"{gpu.machines[0]}8", "accelerator": name}
    good = {*gpu.zones, *map(region_of, gpu.zones)}
    for location in [*ZONES, *(zone for zones in ZONES.values() for zone in zones)]:
        # With a class of one's own, the machines may take whatever disks they want.
        values: dict[str, object] = {
            "cluster.location": location,
            "nodes.gpu": [pool],
            "notebook.storage": {"storageClass": "own"},
        }
        warnings = [text for text in settings.parse({**GKE, **values}).warnings if "accelerator" in text]
        assert (warnings == []) == (location in good), location
        assert all(len(text) < 500 and text.startswith("nodes.gpu[0].accelerator: ") for text in warnings)


def test_a_part_of_a_pool_changes_only_that_part() -> None:
    nodes = settings.parse({**GKE, "nodes.user": {"max": 40}}).nodes
    assert nodes.user == settings.NodePool(machine_type="e2-standard-8", min=0, max=40, disk_gb=50)
    assert nodes.core == settings.NodePool(machine_type="e2-standard-2", min=1, max=3, disk_gb=50)


def test_pools_can_be_json_as_pulumi_passes_them() -> None:
    pools = [{"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4", "spot": "true", "max": "2"}]
    assert settings.parse({**GKE, "nodes.gpu": pools}) == settings.parse({**GKE, "nodes.gpu": json.dumps(pools)})


@pytest.mark.parametrize(("most", "accepted"), [(13, True), (14, False)])
def test_the_pools_can_grow_to_the_room_of_the_pod_range(most: int, accepted: bool) -> None:  # noqa: FBT001 a column
    mistakes = mistakes_of({**GKE, "network.podRange": "10.4.0.0/20", "nodes.user": {"max": most}})
    assert (mistakes == []) == accepted


def test_small_ranges_are_accepted_if_the_stack_creates_no_nodes() -> None:
    small: dict[str, object] = {"network.podRange": "10.4.0.0/20", "network.nodeRange": "10.0.0.0/29"}
    assert mistakes_of({**GKE, **small, "cluster.mode": "existing"}) == []
    assert mistakes_of({**GKE, **small, "cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"}) == []


def test_every_pair_of_overlapping_ranges_is_reported() -> None:
    same = "10.0.0.0/20"
    mistakes = mistakes_of({**GKE, "network.nodeRange": same, "network.podRange": same, "network.serviceRange": same})
    assert [mistake.partition(";")[0] for mistake in mistakes] == [
        "network.nodeRange: overlaps with network.podRange",
        "network.nodeRange: overlaps with network.serviceRange",
        "network.podRange: overlaps with network.serviceRange",
    ]


def test_pools_with_their_defaults_are_accepted_with_autopilot() -> None:
    """Pulumi passes the defaults of Pulumi.yaml to the program as if they were in the stack file."""
    core = {"machineType": "e2-standard-2", "min": 1, "max": 3, "diskGb": 50, "spot": False}
    values: dict[str, object] = {"notebook.additionalResources": {}, "nodes.core": core, "nodes.gpu": []}
    assert mistakes_of({**GKE, **values, "cluster.autopilot": True}) == []


def test_a_project_is_accepted_without_gke() -> None:
    assert mistakes_of({**GKE, "cluster.mode": "context", "cluster.location": "", "kubernetes.context": "hub"}) == []


def test_an_invalid_group_hides_no_mistake_of_other_groups() -> None:
    mistakes = mistakes_of({**GKE, "network.podRange": "all", "gcp.project": "", "nodes.core": {"min": 5}})
    assert [mistake.partition(":")[0] for mistake in mistakes] == ["network.podRange", "gcp.project", "nodes.core.min"]
