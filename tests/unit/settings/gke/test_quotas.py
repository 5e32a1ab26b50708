"""docs/gke-quotas.md has what the example on GKE needs."""

import re

import pytest

from settings import NodePool, parse, quantity
from settings.reading.keys import SECRETS, own_values
from settings.reading.stack_file import read_config
from tools.paths import CHECKOUT

_GIB = 2**30


def _vcpus(pool: NodePool) -> int:
    return int(pool.machine_type.rpartition("-")[2])


def _needs() -> dict[str, tuple[int, int]]:
    """Return the quotas that the example uses: idle, and with all pools at their maximum."""
    example = own_values(read_config(CHECKOUT / "Pulumi.gke.yaml"))
    settings = parse({**example, "github.clientSecret": "a secret"}, encrypted=SECRETS)
    pools, gpus = settings.nodes.pools.values(), settings.nodes.gpu
    without = [settings.nodes.core, settings.nodes.user]
    hub, homes = settings.hub.storage.size, settings.notebook.quota["requests.storage"]
    disks = [int(quantity.parse(size) / _GIB) for size in (hub, homes)]
    return {
        "SSD_TOTAL_GB": (
            sum(pool.min * pool.disk_gb for pool in pools) + disks[0],
            sum(pool.max * pool.disk_gb for pool in pools) + sum(disks),
        ),
        "CPUS": (sum(pool.min * _vcpus(pool) for pool in without), sum(pool.max * _vcpus(pool) for pool in without)),
        "CPUS_PER_VM_FAMILY": (0, sum(pool.max * _vcpus(pool) for pool in gpus)),
        "PREEMPTIBLE_NVIDIA_L4_GPUS": (0, sum(pool.max * pool.count for pool in gpus)),
        "GPUS_ALL_REGIONS": (0, sum(pool.max * pool.count for pool in gpus)),
    }


@pytest.mark.parametrize("quota", _needs())
def test_the_table_of_quotas_has_what_the_example_needs(quota: str) -> None:
    text = (CHECKOUT / "docs" / "gke-quotas.md").read_text()
    (row,) = [line for line in text.splitlines() if re.match(rf"\| [^|]*`{quota}`", line)]
    assert tuple(int(cell) for cell in row.split("|")[-3:-1]) == _needs()[quota]
