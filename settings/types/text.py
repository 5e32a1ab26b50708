"""Named types for single values: flags, whole numbers and lines of text.

Pulumi passes every scalar of a stack file to the program as text, so `"true"` and `true` mean the same, and so do
`"600"` and `600`. Other spellings are refused: `yes` and `1` are no flags, and `6e2` is no whole number.
The messages of these types never repeat the value, as it may be a secret; `settings.reading.mistakes` adds it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
WHOLE_NUMBER = r"0|-?[1-9][0-9]{0,17}"
"""Regular expression of `WholeNumber` as text."""
NO_WHOLE_NUMBER = "must be a whole number, such as 1"
"""Message about a text that is none."""


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
    if isinstance(value, str) and re.fullmatch(WHOLE_NUMBER, value):
        return int(value)
    raise ValueError(NO_WHOLE_NUMBER)


def _text(value: object) -> object:
    """Convert numbers and flags of YAML to text, as Pulumi does."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


@dataclass(frozen=True, eq=False)  # hashable, as annotations have to be
class Check:
    """A check of a text, as an annotation of its type; editors do the part of it that a JSON Schema can express."""

    run: Callable[[str], str]
    """Returns the text, or raises a ValueError."""
    keywords: Mapping[str, object]
    """Keywords of JSON Schema. They refuse nothing that `run` accepts."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.run, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
        found = handler(schema)
        return {**found, "allOf": [*found.get("allOf", ()), self.keywords]}


def pattern(expression: str, message: str) -> Mapping[str, str]:
    """Return the keywords for a text that matches a regular expression as a whole. JavaScript has no `(?P<name>`."""
    anonymous = re.sub(r"\(\?P<\w+>", "(", expression)
    return {"pattern": f"^(?:{anonymous})$", "patternErrorMessage": message}


def matching(expression: str, message: str) -> Check:
    """Return a check that a text matches a regular expression as a whole; `message` begins with "is not ..."."""
    compiled = re.compile(expression, re.ASCII)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise ValueError(message)
        return text

    return Check(check, pattern(expression, message))


def at_most(length: int, reason: str) -> Check:
    """Return a check that a text has at most `length` characters."""

    def check(text: str) -> str:
        if len(text) > length:
            msg = f"has more than {length} characters: {reason}"
            raise ValueError(msg)
        return text

    return Check(check, {"maxLength": length})


_ONE_LINE = "must be one line without spaces around it and without control characters"


def _line(text: str) -> str:
    if not text or text != text.strip() or not text.isprintable():
        raise ValueError(_ONE_LINE)
    return text


Flag = Annotated[bool, BeforeValidator(_flag)]
"""`true` or `false`, as a YAML flag or as text."""

WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
"""A whole number, as a YAML number or as text."""

Text = Annotated[str, BeforeValidator(_text)]
"""Any text. YAML numbers and flags are converted."""

Line = Annotated[Text, Check(_line, pattern(r"\S(?:.*\S)?", _ONE_LINE))]
"""One line of text: not empty, no spaces around it, no control characters."""

TimeOfDay = Annotated[Text, matching(_TIME, "is not a time of day, such as 03:00 or 22:30")]
"""Hours and minutes, `00:00` to `23:59`."""
