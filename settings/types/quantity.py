"""Named types for Kubernetes quantities: CPU, memory and storage."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from hub.quantity import GRAMMAR, NO_QUANTITY, parse
from settings.types.text import Check, pattern

_MILLI = Decimal("1e-3")
_MEBI = Decimal(2**20)
_FEW_BYTES = "counts bytes, and is less than 1Mi; write 512Mi for 512 mebibytes, 8Gi for 8 gibibytes"
_ZERO = "is zero; give an amount above it"


def _from_number(value: object) -> object:
    """Convert a number of YAML, such as 0.5, to text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _checked(text: str) -> str:
    parse(text)
    return text


def _checked_cpu(text: str) -> str:
    if parse(text) % _MILLI:
        msg = "is finer than a thousandth of a CPU (1m), which Kubernetes refuses"
        raise ValueError(msg)
    return text


def _checked_memory(text: str) -> str:
    if parse(text) < _MEBI:
        raise ValueError(_FEW_BYTES)
    return text


def _positive(text: str) -> str:
    if not parse(text):
        raise ValueError(_ZERO)
    return text


Quantity = Annotated[
    str, BeforeValidator(_from_number), Check(_checked, {**pattern(GRAMMAR, NO_QUANTITY), "minimum": 0})
]
"""Kubernetes quantity as text, 0 or more: `500m`, `1Gi`, `0.5`. YAML numbers are converted."""

Cpu = Annotated[Quantity, AfterValidator(_checked_cpu)]
"""CPUs, in steps of `1m` (a thousandth), 0 or more."""

PositiveCpu = Annotated[Cpu, Check(_positive, {**pattern(r".*[1-9].*", _ZERO), "exclusiveMinimum": 0})]
"""CPUs, in steps of `1m` (a thousandth), at least `1m`."""

# A number of six digits without a suffix, or with one below 1, is less than 1Mi.
Memory = Annotated[
    Quantity, Check(_checked_memory, {**pattern(r"(?![0-9.]{1,6}[num]?$).*", _FEW_BYTES), "minimum": 2**20})
]
"""Bytes of memory or storage, at least `1Mi`: `512m` (half a byte) and `8` (8 bytes) are refused."""
