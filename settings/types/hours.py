"""Named type of weekly hours, such as those of a course."""

import re
from functools import cache
from typing import Annotated, Final, NamedTuple
from zoneinfo import available_timezones

from settings.types.text import Check, Text, pattern

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""The days of the week, in the order of `date.weekday`."""
_DAY: Final = "|".join(_DAYS)
_SPAN: Final = rf"(?:{_DAY})(?:-(?:{_DAY}))?"
_TIME: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_GRAMMAR: Final = (
    rf"(?P<days>{_SPAN}(?:,{_SPAN})*) (?P<start>{_TIME})-(?P<end>{_TIME}|24:00) (?P<zone>[A-Za-z][-+A-Za-z0-9_/]*)"
)
_NO_HOURS: Final = "is no weekly hours with a time zone, such as Mon-Fri 08:00-18:00 Europe/Berlin"


class WeeklyHours(NamedTuple):
    """The parts of `Hours`."""

    days: tuple[int, ...]
    """Days on which they begin; Monday is 0."""
    start: int
    """Minutes after midnight at which they begin."""
    end: int
    """Minutes after midnight at which they end; below `start`: on the next day."""
    zone: str
    """Name of the time zone in the IANA database."""


def weekly_hours(text: str) -> WeeklyHours:
    """Return the parts of `Hours`.

    Raises:
        ValueError: `text` is none. The message does not repeat it.
    """
    found = re.fullmatch(_GRAMMAR, text, re.ASCII)
    if found is None:
        raise ValueError(_NO_HOURS)
    days = {day for span in found["days"].split(",") for day in _days(span)}
    start, end = (_minutes(found[name]) for name in ("start", "end"))
    if start == end:
        msg = "begins when it ends; for whole days, write 00:00-24:00"
        raise ValueError(msg)
    if found["zone"] not in _zones():
        msg = "has an unknown time zone; choose a name of the IANA database, such as Europe/Berlin or UTC"
        raise ValueError(msg)
    return WeeklyHours(tuple(sorted(days)), start, end, found["zone"])


def _days(span: str) -> list[int]:
    """Return the days of `Mon-Fri` or `Mon`; `Sat-Mon` goes over the end of the week."""
    first, last = (_DAYS.index(name) for name in (span[:3], span[-3:]))
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _checked(text: str) -> str:
    weekly_hours(text)
    return text


Hours = Annotated[Text, Check(_checked, pattern(_GRAMMAR, _NO_HOURS))]
"""Days, times and time zone: `Mon-Fri 08:00-18:00 Europe/Berlin`."""
