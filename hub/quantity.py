"""Amounts of CPU, memory and other things in Kubernetes' notation, such as `500m`, `1.5Gi` or `1e3`."""

import re
from decimal import Decimal

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
GRAMMAR = (
    r"(?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))"
    r"(?:(?P<exponent>[eE][+-]?[0-9]{1,3})|(?P<suffix>[KMGTPE]i|[numkMGTPE])?)"
)
"""Regular expression of quantities."""
NO_QUANTITY = "is not a quantity, such as 500m, 0.5, 512Mi, 1Gi or 1G"
"""Message about a text that is none."""
_LONGEST = 64
_LARGEST = Decimal(2**63 - 1)
_SMALLEST = Decimal("1e-9")


def parse(text: str) -> Decimal:
    """Return the number that a quantity stands for: CPUs, bytes or pieces.

    The grammar is that of Kubernetes (`apimachinery/pkg/api/resource/quantity.go`), and so is the range: at most
    2^63-1, and no fraction below one billionth.

    Raises:
        ValueError: `text` is not a quantity. The message does not repeat it.
    """
    match = re.fullmatch(GRAMMAR, text)
    if match is None or len(text) > _LONGEST:
        raise ValueError(NO_QUANTITY)
    number = Decimal(match["number"] + (match["exponent"] or "")) * _SUFFIXES[match["suffix"] or ""]
    if number < 0:
        msg = "is negative; an amount is 0 or more"
        raise ValueError(msg)
    if number > _LARGEST or 0 < number < _SMALLEST:
        msg = "is out of the range of Kubernetes; an amount is 0, or between 1n and 2^63-1"
        raise ValueError(msg)
    return number


def show_bytes(number: float) -> str:
    """Return bytes as the shortest whole quantity, such as `1Gi`, `1536Mi` or `1G`."""
    whole = int(number)
    for unit in ("Ei", "E", "Pi", "P", "Ti", "T", "Gi", "G", "Mi", "M", "Ki", "k"):
        if whole and whole % int(_SUFFIXES[unit]) == 0:
            return f"{whole // int(_SUFFIXES[unit])}{unit}"
    return str(whole)


def show_cpus(number: float) -> str:
    """Return CPUs without needless zeros, such as `4` or `0.5`."""
    return f"{number:.3f}".rstrip("0").rstrip(".")
