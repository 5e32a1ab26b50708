"""Validation of the free form: image, CPU, memory and additional resources, from the page or the REST API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, TypeVar, cast

from hub import image_rule, quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from hub.contract import Bounds, HubConfig

T = TypeVar("T")

LABELS = {"image": "Notebook image", "cpu": "CPU", "memory": "Memory", "additional_resources": "Additional resources"}
"""Fields in the order of the form, with their labels."""

_TITLES = {**LABELS, "choice": "Choice", "size": "Size"}
"""Fields with their names in messages; `hub/choices.py` checks the last two."""

LONGEST = 1000
"""Maximum length of a field, in characters."""

_MILLI = Decimal("0.001")


class MistakesError(ValueError):
    """Options that this hub does not allow.

    Attributes:
        by_field: The reason for each wrong field; the empty name is for what belongs to no field.
    """

    status = 400
    """The HTTP status."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        super().__init__(*by_field.values())
        self.by_field = dict(by_field)

    @property
    def reasons(self) -> list[str]:
        """The reasons as sentences, each with the field's name."""
        return [f"{_TITLES[name]}: {reason}" if name else reason for name, reason in self.by_field.items()]


class _WrongFieldError(ValueError):
    """An error in one field."""


@dataclass(frozen=True, kw_only=True)
class Entries:
    """Checked entries of the form."""

    image: str
    """Image reference."""
    cpu: float
    """Guaranteed CPUs."""
    memory: int
    """Memory in bytes, guarantee and limit."""
    additional_resources: dict[str, int]
    """Number of each extended resource; none is zero."""


def example(config: HubConfig) -> str:
    """Return an example of additional resources, such as `{"nvidia.com/gpu": 1}`."""
    return json.dumps(dict.fromkeys(list(config.additional_resources)[:1], 1))


def parse(values: Mapping[str, object], config: HubConfig) -> Entries:
    """Check entries. Missing and empty fields take the defaults.

    Args:
        values: By field name: text as typed; `cpu` and `memory` may also be numbers, `additional_resources` an object.
        config: The defaults and bounds.

    Raises:
        MistakesError: With all mistakes, not only the first.
    """
    mistakes = unknown_fields(values, LABELS)

    def read(name: str, check: Callable[[object], T], default: T) -> T:
        value = values.get(name)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            return default
        if isinstance(value, list):
            mistakes[name] = "takes one value, not several."
            return default
        if isinstance(value, str) and len(value) > LONGEST:
            mistakes[name] = f"is too long: {len(value)} characters, of at most {LONGEST}."
            return default
        try:
            return check(value)
        except _WrongFieldError as error:
            mistakes[name] = str(error)
            return default

    entries = Entries(
        image=read("image", lambda value: _image(value, config), config.image),
        cpu=read("cpu", lambda value: _cpu(value, config.cpu), config.cpu.default),
        memory=read("memory", lambda value: _memory(value, config.memory), int(config.memory.default)),
        additional_resources=read("additional_resources", lambda value: _additional_resources(value, config), {}),
    )
    if mistakes:
        raise MistakesError(mistakes)
    return entries


def unknown_fields(options: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Return the mistake of options that are no fields, by field as in `MistakesError`; empty if there is none."""
    unknown = [name for name in options if name not in known]
    return {"": f"There is no field {_some(unknown)}. The fields are {', '.join(known)}."} if unknown else {}


def _image(value: object, config: HubConfig) -> str:
    if not isinstance(value, str):
        raise _WrongFieldError(f"must be text, such as {config.image}.")
    if reason := image_rule.why_refused(value, config):
        raise _WrongFieldError(f"{quoted(value)} {reason}")
    return value


def _cpu(value: object, bound: Bounds) -> float:
    number = _amount(value, "0.5, 2 or 500m")
    _check_bound(number, value, bound, quantity.show_cpus)
    if number % _MILLI:
        raise _WrongFieldError(f"{quoted(value)} is too precise: Kubernetes counts CPUs in steps of 1m (0.001).")
    return float(number)


def _memory(value: object, bound: Bounds) -> int:
    number = _amount(value, "512Mi, 1.5Gi or 1G")
    _check_bound(number, value, bound, quantity.show_bytes)
    return int(number.to_integral_value(ROUND_CEILING))


def _amount(value: object, examples: str) -> Decimal:
    # JSON's true is no number, though it is an int in Python.
    is_number = isinstance(value, float) or (_is_short_int(value) and not isinstance(value, bool))
    if isinstance(value, str) or is_number:
        try:
            return quantity.parse(str(value))
        except ValueError:
            pass
    raise _WrongFieldError(f"{quoted(value)} is not an amount. Write it like {examples}.")


def _check_bound(number: Decimal, value: object, bound: Bounds, show: Callable[[float], str]) -> None:
    if number < Decimal(str(bound.min)):
        raise _WrongFieldError(f"{quoted(value)} is too little. The minimum is {show(bound.min)}.")
    if number > Decimal(str(bound.max)):
        raise _WrongFieldError(f"{quoted(value)} is too much. The maximum is {show(bound.max)}.")


def _additional_resources(value: object, config: HubConfig) -> dict[str, int]:
    counts = _json(value) if isinstance(value, str) else value
    if not isinstance(counts, dict):
        raise _WrongFieldError(f"{quoted(value)} is not a JSON object. Write it like {example(config)}.")
    by_name = cast("dict[object, object]", counts)
    offered = config.additional_resources
    reasons: list[str] = []
    if unknown := [name for name in by_name if name not in offered]:
        reasons.append(f"{_some(unknown)} is not offered here. Offered: {', '.join(offered) or 'nothing'}.")
    chosen: dict[str, int] = {}
    for name, most in offered.items():
        count = by_name.get(name, 0)
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= most:
            reasons.append(f"{name} must be a whole number from 0 to {most}, such as {example(config)}.")
        elif count:
            chosen[name] = count
    if reasons:
        raise _WrongFieldError(" ".join(reasons))
    return chosen


def _json(text: str) -> object:
    """Parse JSON, or return None if `text` is not JSON."""

    def no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise _WrongFieldError("names the same resource twice.")
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=no_repeats)
    except (json.JSONDecodeError, RecursionError):
        return None


def _some(names: list[object] | list[str]) -> str:
    """Quote the first three names: there may be thousands."""
    return ", ".join(quoted(name) for name in names[:3])


def quoted(value: object) -> str:
    """Quote input, shortened, with escapes for characters that cannot be printed."""
    if isinstance(value, str):
        return repr(value) if len(value) <= 60 else f"{value[:60]!r}…"
    # A list may be too deep to be written out.
    is_short = value is None or isinstance(value, float) or _is_short_int(value)
    return json.dumps(value) if is_short else f"that {type(value).__name__}"


def _is_short_int(value: object) -> bool:
    """Whether an int is short enough to be written out: Python refuses thousands of digits."""
    return isinstance(value, int) and value.bit_length() <= 64
