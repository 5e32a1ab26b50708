"""Texts of mistakes, without secrets."""

import os
import re
import sys
import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from traitlets import TraitError

from config_check.child import stand_in

IN_IMAGE: Final = (
    "its package must be in docker/hub/requirements.txt, so that it is in the hub's image and here; if the image is "
    "your own, in hub.packages"
)
"""The fix for a missing module."""

INSTALL: Final = f"{sys.executable} -m pip install -r docker/hub/requirements.txt"
"""The command by which the same is installed here as in the hub's image."""

_LONGEST: Final = 300
_LONGEST_VALUE: Final = 60
_PASSWORD_IN_URL: Final = re.compile(r"//[^/@\s]*@")
_SECRET_NAME: Final = re.compile(r"secret|passw|token|credential|api_key|(^|_)keys?$", re.IGNORECASE)
_REFUSED: Final = re.compile(
    r"The '.*?' trait of an? .*? instance (?P<part>contains .+? which )?expected (?P<wanted>.+?), "
    r"not (the )?(?P<type>\w+)(?P<got>.*)\.",
    re.DOTALL,
)
_SIMPLE: Final = ("str", "int", "float", "bool", "NoneType", "bytes")
_PLAINER: Final = {
    "a unicode string": "a text",
    "an int": "a whole number",
    "a float": "a number",
    "a boolean": "True or False",
}


def has_stand_in(text: str) -> bool:
    """Tell whether a text contains the stand-in of a secret."""
    return any(value == stand_in(name) and value in text for name, value in os.environ.items())


def one_line(text: str, longest: int = _LONGEST) -> str:
    """Return a text as a short line without secrets: stand-ins are called by the names of their variables."""
    for name, value in os.environ.items():
        if value == stand_in(name):
            text = re.sub(rf"(['\"]?){value}\1", f"the value of {name}", text)
    text = _PASSWORD_IN_URL.sub("//***@", " ".join(text.split()))
    return text if len(text) <= longest else f"{text[:longest]}..."


def of_error(error: BaseException) -> str:
    """Return an exception's type and message, as Python prints them."""
    text = one_line(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def python_error(error: BaseException) -> str:
    """Return the text for an exception that ended a configuration file, with the fix if it is a common one."""
    if isinstance(error, SystemExit):
        separator = ": " if isinstance(error.code, str) else " with exit code "
        return f"ends the hub{separator}{one_line(str(error.code or 0))}"
    if isinstance(error, KeyError) and traceback.extract_tb(error.__traceback__)[-1].filename == "<frozen os>":
        return f"the hub's pod has no environment variable {one_line(str(error))}"
    text = of_error(error)
    if isinstance(error, ModuleNotFoundError):
        return f"{text}; {IN_IMAGE}"
    if "LazyConfigValue" in text:
        return (
            f"{text}; this file does not see what was set before it. Change that with .append(), .extend(), "
            ".prepend(), .insert(), .update() or .add(), or set it as a whole"
        )
    return text


def refusal(error: BaseException, option: str, value: object) -> str:
    """Return why a value was refused.

    Args:
        error: What traitlets or the class raised.
        option: Name of the option. The value of one that is named like a secret is not shown.
        value: The refused value.
    """
    text = str(error)
    is_secret = _SECRET_NAME.search(option) is not None
    if isinstance(error, TraitError) and (found := _REFUSED.fullmatch(text)):
        subject, got = "", shown(value)
        if found["part"]:
            subject = "each part "
            got = one_line(found["got"], _LONGEST_VALUE) if found["type"] in _SIMPLE else f"a {found['type']}"
        wanted = found["wanted"]
        for theirs, ours in _PLAINER.items():
            wanted = wanted.replace(theirs, ours)
        return f"{subject}must be {one_line(wanted)}" + ("" if is_secret else f", not {got}")
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


def did_you_mean(word: str, words: Iterable[str], prefix: str = "") -> str:
    """Return a hint with the one of `words` that is similar, if there is one; case does not matter."""
    by_lower = {known.lower(): known for known in words}
    matches = get_close_matches(word.lower()[:100], by_lower, n=1)
    return f" Did you mean {prefix}{by_lower[matches[0]]}?" if matches else ""
