import pytest
from pydantic import TypeAdapter, ValidationError

from settings.google.accelerators import ACCELERATORS, zones_with
from settings.google.regions import ZONES
from settings.types.machines import AcceleratorType, MachineType, n1_cpus
from tools.paths import CHECKOUT

MACHINE = TypeAdapter[str](MachineType)
ACCELERATOR = TypeAdapter[str](AcceleratorType)


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
        *(machine for gpu in ACCELERATORS.values() for machine in gpu.machines),
    ],
)
def test_a_machine_type_is_taken_unchanged(text: str) -> None:
    assert MACHINE.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "e2",
            "e2-standard",
            "standard-4",
            "E2-standard-4",
            "e2-standard-04",
            "e2_standard_4",
            "e2-standard-4 ",
            "e2-4",
        ],
        *[
            "Standard_D4s_v5",
            "m5.large",
            "f1-micro",
            "n2-medium",
            "custom-4",
            "n2-custom-4",
            "custom-0-1024",
            "e2-standard-4\n",
        ],
        *["zones/europe-west1-b/machineTypes/e2-standard-4", "a" * 100_000],
    ],
)
def test_what_is_no_machine_type_of_gke_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a machine type"):
        MACHINE.validate_python(text)


@pytest.mark.parametrize(
    "text", ["t2a-standard-4", "c4a-standard-8-lssd", "c4a-highcpu-96-metal", "n4a-custom-4-16384"]
)
def test_an_arm_machine_is_refused_as_the_images_do_not_run_there(text: str) -> None:
    with pytest.raises(ValidationError, match="is an Arm machine"):
        MACHINE.validate_python(text)


def test_the_images_are_built_for_what_the_machines_are() -> None:
    assert "PLATFORM ?= linux/amd64\n" in (CHECKOUT / "docker" / "Makefile").read_text()


@pytest.mark.parametrize(
    ("machine", "cpus"),
    [
        ("n1-standard-8", 8),
        ("n1-highmem-96", 96),
        ("n1-highcpu-2", 2),
        ("custom-12-16384", 12),
        ("n1-custom-6-8192-ext", 6),
        ("n2-standard-8", None),
        ("n2-custom-4-8192", None),
        ("g1-small", None),
        ("g2-standard-8", None),
    ],
)
def test_only_n1_machines_can_have_gpus_attached(machine: str, cpus: int | None) -> None:
    assert n1_cpus(machine) == cpus


@pytest.mark.parametrize("text", ["", "l4", "nvidia-t4", "NVIDIA-L4", "nvidia-tesla-k80", "nvidia-l4\n"])
def test_a_gpu_type_that_gke_does_not_have_is_refused_with_those_it_has(text: str) -> None:
    with pytest.raises(ValidationError, match="it knows nvidia-tesla-t4, nvidia-l4"):
        ACCELERATOR.validate_python(text)


@pytest.mark.parametrize("name", ACCELERATORS)
def test_a_gpu_type_is_built_in_or_attached_and_in_zones_that_exist(name: str) -> None:
    gpu = ACCELERATORS[name]
    assert bool(gpu.machines) != bool(gpu.most_cpus)
    assert gpu.zones
    assert gpu.zones <= {zone for zones in ZONES.values() for zone in zones}
    assert sorted(gpu.most_cpus.values()) == list(gpu.most_cpus.values()), "more GPUs never allow fewer vCPUs"


def test_the_zones_of_a_region_with_a_gpu_type_are_told() -> None:
    assert zones_with("nvidia-l4", "europe-west1") == ("europe-west1-b", "europe-west1-c")
    assert zones_with("nvidia-l4", "europe-west1-b") == ("europe-west1-b",)
    assert zones_with("nvidia-l4", "europe-west1-d") == ()
