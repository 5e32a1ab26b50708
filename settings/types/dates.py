"""Named types of dates."""

from datetime import date
from typing import Annotated, Final, Literal, get_args

from pydantic import BeforeValidator

_NO_DAY: Final = "is not a date, such as 2027-01-31"


def _day(value: object) -> object:
    if isinstance(value, str) and len(value) == len("2027-01-31"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(_NO_DAY) from None
    raise ValueError(_NO_DAY)


Day = Annotated[date, BeforeValidator(_day)]
"""A date: `2027-01-31`. In a stack file in quotes, as YAML dates are no text."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
"""A day of the week."""

WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
"""All of them, in the order of `date.weekday`."""
