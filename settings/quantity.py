"""Amounts of CPU, memory and storage in Kubernetes' notation."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

_SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}
# Three digits of exponent are far beyond Kubernetes' range, and keep the arithmetic cheap.
_GRAMMAR = re.compile(
    r"(?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))"
    r"(?:(?P<exponent>[eE][+-]?[0-9]{1,3})|(?P<suffix>[KMGTPE]i|[numkMGTPE])?)"
)
_LONGEST = 64
_LARGEST = Decimal(2**63 - 1)
_SMALLEST = Decimal("1e-9")


def parse(text: str) -> Decimal:
    """Returns the number that a quantity stands for: CPUs, bytes or pieces.

    The grammar is that of Kubernetes (`apimachinery/pkg/api/resource/quantity.go`), and so is the range: at most
    2^63-1, and no fraction below one billionth.

    Raises:
        ValueError: `text` is not a quantity. The message does not repeat it.
    """
    match = _GRAMMAR.fullmatch(text)
    if match is None or len(text) > _LONGEST:
        msg = "is not a quantity; right ones look like 500m, 0.5, 512Mi, 1Gi or 1G"
        raise ValueError(msg)
    number = Decimal(match["number"] + (match["exponent"] or "")) * _SUFFIXES[match["suffix"] or ""]
    if number < 0:
        msg = "is negative; an amount is 0 or more"
        raise ValueError(msg)
    if number > _LARGEST or 0 < number < _SMALLEST:
        msg = "is out of the range of Kubernetes; an amount is 0, or between 1n and 2^63-1"
        raise ValueError(msg)
    return number


def _from_number(value: object) -> object:
    """YAML has 0.5 and 4 as numbers; Kubernetes takes text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _checked(text: str) -> str:
    parse(text)
    return text


def _checked_cpu(text: str) -> str:
    if parse(text) % _SUFFIXES["m"]:
        msg = "is finer than a thousandth of a CPU (1m), which Kubernetes refuses"
        raise ValueError(msg)
    return text


def _checked_memory(text: str) -> str:
    if parse(text) < _SUFFIXES["Mi"]:
        msg = "counts bytes, and is less than 1Mi; write 512Mi for 512 mebibytes, 8Gi for 8 gibibytes"
        raise ValueError(msg)
    return text


def _positive(text: str) -> str:
    if not parse(text):
        msg = "is zero; give an amount above it"
        raise ValueError(msg)
    return text


Quantity = Annotated[str, BeforeValidator(_from_number), AfterValidator(_checked)]
"""A Kubernetes quantity as text, 0 or more: `500m`, `1Gi`, `0.5`. YAML numbers are taken as well."""

Cpu = Annotated[Quantity, AfterValidator(_checked_cpu)]
"""CPUs, in steps of `1m` (a thousandth), 0 or more."""

PositiveCpu = Annotated[Cpu, AfterValidator(_positive)]
"""CPUs, in steps of `1m` (a thousandth), at least `1m`."""

Memory = Annotated[Quantity, AfterValidator(_checked_memory)]
"""Bytes of memory or storage, at least `1Mi`: `512m` (half a byte) and `8` (8 bytes) are mistakes."""
