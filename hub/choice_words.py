"""What a server has, in words for people, such as `2 CPUs, 8 GB, one NVIDIA L4`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hub.contract import ACCELERATOR, GPU_RESOURCE
from hub.quantity import show_cpus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.contract_choices import ChoiceSize

_UNITS: Final = ((2**30, "GB"), (2**20, "MB"))


def of_size(size: ChoiceSize) -> str:
    """Return the resources of a size: what the server always gets, and the most that it can use."""
    cpus = _range(show_cpus(size.cpu), show_cpus(size.cpu_limit))
    return ", ".join(
        [
            f"{cpus} CPU{'' if cpus == '1' else 's'}",
            _memory(size.memory, size.memory_limit),
            *_devices(size),
        ]
    )


def of_sizes(sizes: Sequence[ChoiceSize]) -> str:
    """Return the resources of several sizes: those of the smallest and the largest."""
    ordered = sorted(sizes, key=lambda size: (size.cpu, size.memory))
    first, last = of_size(ordered[0]), of_size(ordered[-1])
    return first if first == last else f"From {first} to {last}"


def has_ranges(sizes: Sequence[ChoiceSize]) -> bool:
    """Return whether a server can use more than it always gets."""
    return any(size.cpu_limit > size.cpu or size.memory_limit > size.memory for size in sizes)


def of_accelerator(name: str) -> str:
    """Return GKE's name of a GPU type as its maker writes it: `NVIDIA A100 80 GB` for `nvidia-a100-80gb`."""
    words = [word for word in name.split("-") if word != "tesla"]
    return " ".join(
        re.sub(r"GB$", " GB", word.upper()) if word == "nvidia" or any(map(str.isdigit, word)) else word.capitalize()
        for word in words
    )


def _devices(size: ChoiceSize) -> Iterator[str]:
    for name, count in size.additional_resources.items():
        number = "one" if count == 1 else str(count)
        if name != GPU_RESOURCE:
            yield f"{number} {name}"
        elif gpu := size.node_selector.get(ACCELERATOR):
            yield f"{number} {of_accelerator(gpu)}"
        else:
            yield f"{number} NVIDIA GPU{'' if count == 1 else 's'}"


def _memory(guarantee: int, limit: int) -> str:
    first, last = _bytes(guarantee), _bytes(limit)
    number, _, unit = first.partition(" ")
    return first if first == last else f"{number if last.endswith(unit) else first} to {last}"


def _bytes(number: int) -> str:
    if number % 10**9 == 0:
        return f"{number // 10**9} GB"
    for unit, name in _UNITS:
        if number >= unit:
            return f"{number / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{number} bytes"


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"
