"""Named types for single values: flags, whole numbers and lines of text.

Pulumi hands every scalar of a stack file to the program as text, so `"true"` and `true` mean the same, and so do
`"600"` and `600`. Nothing else is taken for a flag or a number: no `yes`, no `1`, no `6e2`.
The messages of these types never repeat the value, as it may be a secret; `settings.reading.mistakes` decides.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")


def _flag(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        return value.lower() == "true"
    msg = "must be true or false"
    raise ValueError(msg)


def _whole_number(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    msg = "must be a whole number, such as 1"
    raise ValueError(msg)


def _text(value: object) -> object:
    """YAML reads 123 as a number and true as a flag; Pulumi hands on their text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _line(text: str) -> str:
    if text != text.strip() or not text.isprintable():
        msg = "must be one line without spaces around it and without control characters"
        raise ValueError(msg)
    if not text:
        msg = "must not be empty"
        raise ValueError(msg)
    return text


def matching(pattern: str, message: str) -> AfterValidator:
    """Return a check that a whole text matches a regular expression; `message` begins with "is not ..."."""
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise ValueError(message)
        return text

    return AfterValidator(check)


def at_most(length: int, reason: str) -> AfterValidator:
    """Return a check that a text has at most `length` characters."""

    def check(text: str) -> str:
        if len(text) > length:
            msg = f"has more than {length} characters: {reason}"
            raise ValueError(msg)
        return text

    return AfterValidator(check)


Flag = Annotated[bool, BeforeValidator(_flag)]
"""`true` or `false`, as a YAML flag or as text."""

WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
"""A whole number, as a YAML number or as text."""

Text = Annotated[str, BeforeValidator(_text)]
"""Any text. YAML numbers and flags are taken as they are written."""

Line = Annotated[Text, AfterValidator(_line)]
"""One line of text: not empty, no spaces around it, no control characters."""

TimeOfDay = Annotated[Text, matching(_TIME, "is not a time of day, such as 03:00 or 22:30")]
"""Hours and minutes, `00:00` to `23:59`."""
