from decimal import Decimal

import pytest

from settings.google.machines import room, size

GIB = 2**30


@pytest.mark.parametrize(
    ("machine_type", "cpus", "gib"),
    [
        ("e2-standard-8", 8, 32),
        ("n1-standard-8", 8, 30),
        ("n2-highmem-4", 4, 32),
        ("e2-highcpu-16", 16, 16),
        ("g2-standard-12", 12, 48),
        ("a2-highgpu-2g", 24, 170),
        ("n2-custom-6-20480", 6, 20),
        ("custom-4-8192", 4, 8),
    ],
)
def test_the_size_of_a_machine_is_known(machine_type: str, cpus: int, gib: int) -> None:
    assert size(machine_type) == (cpus, gib * GIB)


@pytest.mark.parametrize("machine_type", ["e2-micro", "c4-standard-8", "z9-standard-8", "n2-standard-", "nonsense"])
def test_the_size_of_an_unknown_machine_is_not_guessed(machine_type: str) -> None:
    assert size(machine_type) is None
    assert room(machine_type) is None


def test_a_pod_gets_what_gke_and_the_systems_pods_leave() -> None:
    found = room("e2-standard-8")
    assert found is not None
    assert found.cpus == Decimal("7.81")
    # Of 32 GiB, GKE reserves 3.56, and the kubelet keeps 100 MiB free.
    assert found.memory == Decimal("28.44") * GIB - 200 * 2**20
