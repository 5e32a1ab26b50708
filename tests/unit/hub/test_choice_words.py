import pytest

from hub import choice_words
from hub.contract_choices import ChoiceSize
from tests.unit.hub.choice_configs import GIB, size

L4 = {"additional_resources": {"nvidia.com/gpu": 1}, "node_selector": {"cloud.google.com/gke-accelerator": "nvidia-l4"}}


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (size("a", 2, 8), "2 CPUs, 8 GB"),
        (size("a", 2, 8, **L4), "2 CPUs, 8 GB, one NVIDIA L4"),
        (size("a", 1, 8), "1 CPU, 8 GB"),
        (size("a", 0.5, 8), "0.5 CPUs, 8 GB"),
        (size("a", 0.5, 8, cpu_limit=4), "0.5 to 4 CPUs, 8 GB"),
        (size("a", 2, 8, memory_limit=16 * GIB), "2 CPUs, 8 to 16 GB"),
        (size("a", 2, 8, memory=GIB // 2), "2 CPUs, 512 MB to 8 GB"),
        (size("a", 2, 0, memory=3 * GIB // 2, memory_limit=3 * GIB // 2), "2 CPUs, 1.5 GB"),
        (size("a", 2, 0, memory=8 * 10**9, memory_limit=8 * 10**9), "2 CPUs, 8 GB"),
        (size("a", 2, 8, additional_resources={"nvidia.com/gpu": 2}), "2 CPUs, 8 GB, 2 NVIDIA GPUs"),
        (size("a", 2, 8, additional_resources={"example.org/fpga": 1}), "2 CPUs, 8 GB, one example.org/fpga"),
    ],
)
def test_a_size_is_told_in_words(of: ChoiceSize, words: str) -> None:
    assert choice_words.of_size(of) == words


def test_several_sizes_are_told_from_the_smallest_to_the_largest() -> None:
    sizes = [size("m", 2, 8), size("s", 1, 2), size("l", 8, 32)]
    assert choice_words.of_sizes(sizes) == "From 1 CPU, 2 GB to 8 CPUs, 32 GB"
    assert choice_words.of_sizes(sizes[:1]) == "2 CPUs, 8 GB"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nvidia-l4", "NVIDIA L4"),
        ("nvidia-tesla-t4", "NVIDIA T4"),
        ("nvidia-a100-80gb", "NVIDIA A100 80 GB"),
        ("nvidia-h100-mega-80gb", "NVIDIA H100 Mega 80 GB"),
    ],
)
def test_a_gpu_type_has_the_name_of_its_maker(name: str, words: str) -> None:
    assert choice_words.of_accelerator(name) == words
