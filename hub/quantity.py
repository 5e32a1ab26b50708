"""Kubernetes quantities as people type them, such as `500m`, `1.5Gi` or `1e3`.

The grammar is that of `k8s.io/apimachinery/pkg/api/resource`, without signs.
"""

from __future__ import annotations

import re
from decimal import Decimal

_BINARY = {suffix: Decimal(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)}
_DECIMAL = {"k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "m": -3, "u": -6, "n": -9}
_UNITS = {"": Decimal(1), **_BINARY, **{suffix: Decimal(10) ** power for suffix, power in _DECIMAL.items()}}

# Digits are spelled out, as \d also takes those of other scripts; counts are bounded, to keep the arithmetic small.
_QUANTITY = re.compile(
    r"(?P<number>[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:(?P<exponent>[eE][+-]?[0-9]{1,2})|(?P<unit>[A-Za-z]{0,2}))"
)


def parse(text: str) -> Decimal:
    """Return the number that a quantity stands for.

    Raises:
        ValueError: `text` is not a quantity, or is negative. The message does not repeat it.
    """
    match = _QUANTITY.fullmatch(text)
    unit = _UNITS.get(match["unit"] or "") if match else None
    if match is None or unit is None:
        message = "not a Kubernetes quantity"
        raise ValueError(message)
    return Decimal(match["number"] + (match["exponent"] or "")) * unit


def show_bytes(number: float) -> str:
    """Return bytes as the shortest whole quantity, such as `1Gi`, `1536Mi` or `1G`."""
    whole = int(number)
    for unit in ("Ei", "E", "Pi", "P", "Ti", "T", "Gi", "G", "Mi", "M", "Ki", "k"):
        if whole and whole % int(_UNITS[unit]) == 0:
            return f"{whole // int(_UNITS[unit])}{unit}"
    return str(whole)


def show_cpus(number: float) -> str:
    """Return CPUs without needless zeros, such as `4` or `0.5`."""
    return f"{number:.3f}".rstrip("0").rstrip(".")
