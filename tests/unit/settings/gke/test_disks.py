import pytest

import settings
from settings.google.accelerators import ACCELERATORS
from settings.google.disks import DiskType, boot_disk, takes
from tests.corpus import base, mistakes_of

GKE = base("gke")


@pytest.mark.parametrize(
    ("machine", "persistent", "hyper"),
    [
        ("e2-standard-8", True, False),
        ("custom-4-8192", True, False),
        ("n1-standard-8", True, False),
        ("n2-custom-4-16384", True, False),
        ("g2-standard-8", True, False),
        ("a2-ultragpu-1g", True, False),
        ("m2-ultramem-208", True, True),
        ("c3d-standard-16-lssd", True, True),
        ("a3-highgpu-8g", True, True),
        ("a3-ultragpu-8g", False, True),
        ("a4-highgpu-8g", False, True),
        ("c3-standard-192-metal", False, True),
        ("n4-standard-8", False, True),
        ("c4a-standard-8", False, True),
        ("n4-custom-4-16384", False, True),
    ],
)
def test_machines_accept_the_disks_of_their_generation(machine: str, persistent: bool, hyper: bool) -> None:  # noqa: FBT001 columns
    wanted: dict[DiskType, bool] = {"pd-balanced": persistent, "pd-ssd": persistent, "hyperdisk-balanced": hyper}
    assert {disk: takes(machine, disk) for disk in wanted} == wanted
    assert boot_disk(machine) == ("pd-balanced" if persistent else "hyperdisk-balanced")


def test_every_machine_with_gpus_accepts_a_kind_of_disk() -> None:
    machines = [f"{beginning}8" for gpu in ACCELERATORS.values() for beginning in gpu.machines]
    assert all(takes(machine, boot_disk(machine)) for machine in machines)


def test_new_machines_are_accepted_with_their_kind_of_disk() -> None:
    values: dict[str, object] = {
        "nodes.core": {"machineType": "n4-standard-2"},
        "nodes.user": {"machineType": "c4-standard-8"},
        "hub.storage": {"size": "4Gi", "disk": "hyperdisk-balanced"},
        "notebook.storage": {"disk": "hyperdisk-balanced"},
    }
    assert mistakes_of({**GKE, **values}) == []


def test_any_storage_class_is_accepted() -> None:
    values: dict[str, object] = {
        "nodes.user": {"machineType": "n4-standard-8"},
        "notebook.storage": {"storageClass": "own"},
    }
    assert mistakes_of({**GKE, **values}) == []


def test_an_existing_cluster_can_have_a_gpu_type() -> None:
    values: dict[str, object] = {"cluster.mode": "existing", "notebook.accelerator": "nvidia-l4"}
    assert settings.parse({**GKE, **values}).notebook.accelerator == "nvidia-l4"
