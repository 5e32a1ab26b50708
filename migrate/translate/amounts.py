"""Amounts of CPU and memory, as KubeSpawner reads them and as Kubernetes writes them."""

import re
from decimal import Decimal, InvalidOperation


def memory(value: object) -> str | None:
    """Return an amount of memory for Kubernetes; None for anything else.

    KubeSpawner counts `1G` as 2^30 bytes; in Kubernetes that is `1Gi`, and `1G` is 10^9 bytes.
    """
    text = str(value).strip()
    if re.fullmatch(r"[0-9]+", text):
        return text
    if match := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([KMGT])", text):
        number, unit = Decimal(match[1]), match[2]
        while number != number.to_integral_value() and unit in "TGM":
            number, unit = number * 1024, {"T": "G", "G": "M", "M": "K"}[unit]
        return f"{int(number)}{unit}i"
    return text if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?[KMGT]i", text) else None


def cpu(value: object) -> str | None:
    """Return a number of CPUs; None for anything else, and for 0, with which the chart guarantees none."""
    text = str(value).strip()
    if re.fullmatch(r"[1-9][0-9]*m", text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # Kubernetes refuses amounts finer than a thousandth.
    return f"{round(number, 3).normalize():f}" if number > 0 else None


def share(part: str, whole: str) -> int:
    """Return an amount of memory in percent of another."""
    return round(100 * bytes_of(part) / bytes_of(whole))


def bytes_of(amount: str) -> int:
    """Return the bytes of an amount of memory of `memory`."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([KMGT]i)?", amount)
    if match is None:
        raise ValueError(amount)
    return int(Decimal(match[1]) * 1024 ** ("KMGT".index(match[2][0]) + 1 if match[2] else 0))
