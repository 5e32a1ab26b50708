"""Put values, and what Python and traitlets say of them, into words that may be shown."""

import os
import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from traitlets import TraitError

from config_check.child import stand_in

IN_IMAGE: Final = "its package must be in docker/hub/requirements.txt, so that it is in the hub's image and here"
"""The fix for a missing module."""

INSTALL: Final = f"{sys.executable} -m pip install -r docker/hub/requirements.txt"
"""The command by which the same is installed here as in the hub's image."""

_LONGEST: Final = 300
_LONGEST_VALUE: Final = 60
_PASSWORD_IN_URL: Final = re.compile(r"//[^/@\s]*@")
_SECRET_NAME: Final = re.compile(r"secret|passw|token|credential|api_key|(^|_)keys?$", re.IGNORECASE)
_REFUSED: Final = re.compile(r"The '.*?' trait of an? .*? instance expected (?P<wanted>.+), not .+\.", re.DOTALL)
_REFUSED_PART: Final = re.compile(
    r"The '.*?' trait of an? .*? instance contains .+? which expected (?P<wanted>.+?), "
    r"not the (?P<type>\w+) (?P<got>.+)\.",
    re.DOTALL,
)
_SIMPLE: Final = ("str", "int", "float", "bool", "NoneType", "bytes")
_PLAINER: Final = {
    "a unicode string": "a text",
    "an int": "a whole number",
    "a float": "a number",
    "a boolean": "True or False",
}


def one_line(text: str, longest: int = _LONGEST) -> str:
    """Return a text as a short line without secrets: stand-ins are called by the names of their variables."""
    for name, value in os.environ.items():
        if value == stand_in(name):
            text = re.sub(rf"(['\"]?){value}\1", f"the value of {name}", text)
    text = _PASSWORD_IN_URL.sub("//***@", " ".join(text.split()))
    return text if len(text) <= longest else f"{text[:longest]}..."


def of_error(error: BaseException) -> str:
    """Return what an exception says, with its type, as in Python's own message."""
    text = one_line(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def refusal(error: BaseException, option: str, value: object) -> str:
    """Return why a value was refused.

    Args:
        error: What traitlets or the class raised.
        option: Name of the option. The value of one that is named like a secret is not shown.
        value: The refused value.
    """
    text = str(error)
    is_secret = _SECRET_NAME.search(option) is not None
    if isinstance(error, TraitError):
        if part := _REFUSED_PART.fullmatch(text):
            got = one_line(part["got"], _LONGEST_VALUE) if part["type"] in _SIMPLE else f"a {part['type']}"
            return f"each part must be {_plainer(part['wanted'])}" + ("" if is_secret else f", not {got}")
        if whole := _REFUSED.fullmatch(text):
            return f"must be {_plainer(whole['wanted'])}" + ("" if is_secret else f", not {shown(value)}")
    if is_secret:
        return f"the value is refused ({type(error).__name__}; what it says may hold the value, and is not shown)"
    if isinstance(error, (TraitError, ValueError)) and text:
        return one_line(text)
    return f"{shown(value)} is refused: {of_error(error)}"


def shown(value: object) -> str:
    """Return a text or number as in Python, cut short; of anything else, which may hold much, the type."""
    if type(value).__name__ in _SIMPLE:
        return one_line(repr(value), _LONGEST_VALUE)
    return f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the one of `words` that `word` was probably meant to be, if any comes near; case does not matter."""
    by_lower = {known.lower(): known for known in words}
    matches = get_close_matches(word.lower()[:100], by_lower, n=1)
    return by_lower[matches[0]] if matches else None


def _plainer(wanted: str) -> str:
    for theirs, ours in _PLAINER.items():
        wanted = wanted.replace(theirs, ours)
    return one_line(wanted)
