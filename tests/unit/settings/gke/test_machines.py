import pytest
from pydantic import TypeAdapter, ValidationError

from settings.google.accelerators import ACCELERATORS
from settings.google.regions import ZONES
from settings.types.machines import AcceleratorType, DatabaseTier, MachineType, is_known_machine, is_known_tier
from tools.paths import CHECKOUT

MACHINE = TypeAdapter[str](MachineType)
ACCELERATOR = TypeAdapter[str](AcceleratorType)
TIER = TypeAdapter[str](DatabaseTier)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "e2-standard-4",
            "e2-medium",
            "g1-small",
            "n1-standard-8",
            "n2d-highmem-96",
            "t2d-standard-60",
            "c4-highcpu-96",
        ],
        *[
            "g2-standard-12",
            "a2-highgpu-1g",
            "a2-megagpu-16g",
            "a3-highgpu-8g",
            "m1-ultramem-160",
            "c3-standard-192-metal",
        ],
        *[
            "c3d-standard-16-lssd",
            "c4-standard-288-lssd-metal",
            "c4d-standard-384-metal2",
            "z3-highmem-14-standardlssd",
        ],
        *["custom-4-8192", "n1-custom-4-8192", "n2-custom-4-16384", "e2-custom-2-4096", "n2d-custom-8-131072-ext"],
        *["a2-ultragpu-1g", "a3-megagpu-8g", "a3-ultragpu-8g", "a4-highgpu-8g"],
    ],
)
def test_a_machine_type_is_accepted_unchanged_and_known(text: str) -> None:
    assert MACHINE.validate_python(text) == text
    assert is_known_machine(text)


@pytest.mark.parametrize(
    "text",
    ["e2-standard", "standard-4", "e2-standard-04", "e2-4", "f1-micro", "n2-medium", "custom-4", "n2-custom-4"],
)
def test_a_machine_type_of_another_form_is_accepted_as_unknown(text: str) -> None:
    assert MACHINE.validate_python(text) == text
    assert not is_known_machine(text)


@pytest.mark.parametrize(
    "text",
    [
        *["", "e2", "E2-standard-4", "e2_standard_4", "e2-standard-4 ", "Standard_D4s_v5", "m5.large"],
        *["e2-standard-4\n", "zones/europe-west1-b/machineTypes/e2-standard-4", "a" * 100_000],
    ],
)
def test_a_text_that_cannot_be_a_machine_type_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a machine type"):
        MACHINE.validate_python(text)


@pytest.mark.parametrize(
    "text", ["t2a-standard-4", "c4a-standard-8-lssd", "c4a-highcpu-96-metal", "n4a-custom-4-16384"]
)
def test_an_arm_machine_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is an Arm machine"):
        MACHINE.validate_python(text)


def test_the_images_are_built_for_the_architecture_of_the_machines() -> None:
    assert "PLATFORM ?= linux/amd64\n" in (CHECKOUT / "docker" / "Makefile").read_text()


@pytest.mark.parametrize("text", ["", "l4", "nvidia_l4", "NVIDIA-L4", "nvidia-l4\n", "2 x nvidia-l4"])
def test_a_text_that_cannot_be_a_gpu_type_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a GPU type, such as nvidia-l4"):
        ACCELERATOR.validate_python(text)


@pytest.mark.parametrize("name", ACCELERATORS)
def test_a_gpu_type_has_machines_and_zones_that_exist(name: str) -> None:
    gpu = ACCELERATORS[name]
    assert gpu.machines
    assert gpu.zones
    assert gpu.zones <= {zone for zones in ZONES.values() for zone in zones}


@pytest.mark.parametrize("tier", ["db-f1-micro", "db-g1-small", "db-custom-1-3840", "db-custom-96-638976"])
def test_a_tier_of_cloud_sql_is_known(tier: str) -> None:
    assert TIER.validate_python(tier) == tier
    assert is_known_tier(tier)


@pytest.mark.parametrize("tier", ["db-perf-optimized-N-2", "db-n1-standard-1", "db-custom-0-3840"])
def test_another_tier_is_accepted_as_unknown(tier: str) -> None:
    assert TIER.validate_python(tier) == tier
    assert not is_known_tier(tier)


@pytest.mark.parametrize("tier", ["", "e2-standard-2", "db", "db-custom-1 ", "db-custom-1-3840\n"])
def test_a_text_that_cannot_be_a_tier_is_refused(tier: str) -> None:
    with pytest.raises(ValidationError, match="is not a tier of Cloud SQL"):
        TIER.validate_python(tier)
