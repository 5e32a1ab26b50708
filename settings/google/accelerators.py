"""The GPU types of GKE, with their zones and machine types.

Source: https://cloud.google.com/compute/docs/gpus, and for the zones Google's own lists of accelerator and machine
types, both as https://github.com/skypilot-org/skypilot and skypilot-catalog (v8/gcp/vms.csv) have them; for A3 and A4
"GPU machine types", https://docs.cloud.google.com/ai-hypercomputer/docs/gpu, in a copy of 2026; all read in November
2026. Left out are zones that have a GPU type only in other machine types, A4X (which requires a reservation) and G4
(nvidia-rtx-pro-6000, for which no list of zones was found).
"""

from collections.abc import Mapping
from dataclasses import dataclass

_N1 = ("n1-", "custom-")


@dataclass(frozen=True, kw_only=True)
class Accelerator:
    """A GPU type: built into machine types of its own, or attached to N1 machines."""

    machines: tuple[str, ...]
    """Prefixes of the machine types with these GPUs."""
    zones: frozenset[str]
    """Zones with these GPUs."""


def _zones(**letters: str) -> frozenset[str]:
    """Return the zones with these letters; Python wants `_` for the `-` in the names of regions."""
    return frozenset(f"{region.replace('_', '-')}-{letter}" for region, part in letters.items() for letter in part)


ACCELERATORS: Mapping[str, Accelerator] = {
    "nvidia-tesla-t4": Accelerator(
        machines=_N1,
        zones=_zones(
            asia_east1="ac",
            asia_east2="ac",
            asia_northeast1="ac",
            asia_northeast3="bc",
            asia_south1="ab",
            asia_southeast1="abc",
            asia_southeast2="ab",
            australia_southeast1="ac",
            europe_central2="bc",
            europe_west1="bcd",
            europe_west2="ab",
            europe_west3="b",
            europe_west4="abc",
            me_west1="bc",
            northamerica_northeast1="c",
            southamerica_east1="abc",
            us_central1="abcf",
            us_east1="bcd",
            us_east4="abc",
            us_west1="ab",
            us_west2="bc",
            us_west3="b",
            us_west4="ab",
        ),
    ),
    "nvidia-l4": Accelerator(
        machines=("g2-",),
        zones=_zones(
            asia_east1="abc",
            asia_northeast1="abc",
            asia_northeast3="ab",
            asia_south1="abc",
            asia_southeast1="abc",
            europe_west1="bc",
            europe_west2="ab",
            europe_west3="ab",
            europe_west4="abc",
            europe_west6="bc",
            me_central2="ac",
            northamerica_northeast1="bc",
            northamerica_northeast2="ab",
            us_central1="abc",
            us_east1="bcd",
            us_east4="ac",
            us_west1="abc",
            us_west4="ac",
        ),
    ),
    "nvidia-tesla-v100": Accelerator(
        machines=_N1,
        zones=_zones(asia_east1="c", europe_west4="abc", us_central1="abcf", us_east1="bc", us_west1="ab"),
    ),
    "nvidia-tesla-p100": Accelerator(
        machines=_N1,
        zones=_zones(
            asia_east1="ac",
            australia_southeast1="b",
            europe_west1="bd",
            europe_west4="a",
            us_central1="cf",
            us_east1="bc",
            us_west1="ab",
        ),
    ),
    "nvidia-tesla-p4": Accelerator(
        machines=_N1,
        zones=_zones(
            asia_southeast1="abc",
            australia_southeast1="ab",
            europe_west4="bc",
            northamerica_northeast1="abc",
            us_central1="ac",
            us_east4="abc",
            us_west2="bc",
        ),
    ),
    "nvidia-tesla-a100": Accelerator(
        machines=("a2-highgpu-", "a2-megagpu-"),
        zones=_zones(
            asia_northeast1="ac",
            asia_northeast3="ab",
            asia_southeast1="abc",
            europe_west4="ab",
            me_west1="ac",
            us_central1="abcf",
            us_east1="b",
            us_west1="b",
            us_west3="b",
            us_west4="b",
        ),
    ),
    "nvidia-a100-80gb": Accelerator(
        machines=("a2-ultragpu-",),
        zones=_zones(asia_southeast1="c", europe_west4="a", us_central1="ac", us_east4="c", us_east5="ab"),
    ),
    "nvidia-h100-80gb": Accelerator(
        machines=("a3-highgpu-",),
        zones=_zones(
            asia_east1="c",
            asia_northeast1="b",
            asia_south1="c",
            asia_south2="b",
            asia_southeast1="bc",
            australia_southeast1="c",
            europe_north1="c",
            europe_west1="bc",
            europe_west3="c",
            europe_west4="bc",
            europe_west9="c",
            us_central1="abc",
            us_east4="abc",
            us_east5="a",
            us_west1="ab",
            us_west4="a",
        ),
    ),
    "nvidia-h100-mega-80gb": Accelerator(
        machines=("a3-megagpu-",),
        zones=_zones(
            asia_east1="c",
            asia_northeast1="b",
            asia_southeast1="bc",
            australia_southeast1="c",
            europe_north1="c",
            europe_west1="bc",
            europe_west3="c",
            europe_west4="bc",
            us_central1="abc",
            us_east4="abc",
            us_east5="a",
            us_west1="ab",
            us_west4="a",
        ),
    ),
    "nvidia-h200-141gb": Accelerator(
        machines=("a3-ultragpu-",),
        zones=_zones(
            asia_south1="b",
            asia_south2="c",
            europe_west1="b",
            europe_west4="a",
            us_central1="b",
            us_east4="b",
            us_east5="a",
            us_south1="b",
            us_west1="c",
        ),
    ),
    "nvidia-b200": Accelerator(
        machines=("a4-highgpu-",),
        zones=_zones(
            asia_northeast1="b",
            asia_southeast1="b",
            europe_north1="b",
            europe_west4="b",
            us_central1="b",
            us_east1="b",
            us_east4="b",
            us_south1="b",
            us_west2="c",
            us_west3="bc",
        ),
    ),
}
"""The GPU types by their names on GKE."""
