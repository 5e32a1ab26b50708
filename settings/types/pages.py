"""Named types for the hub's pages: announcement, logo, addresses, templates, CSS and terms of use."""

import base64
import binascii
import re
from typing import Annotated, Final, NamedTuple
from xml.etree import ElementTree as ET

from pydantic import AfterValidator

from settings.types.text import Check, Text, at_most, matching

MOST_BYTES: Final = 512 * 1024
"""Maximum size of logo and templates together: Kubernetes takes a ConfigMap of 1 MiB."""

_SITE: Final = r"https?://[A-Za-z0-9.\[\]:-]+(?:/[^\s\"'<>]*)?"
_NO_SITE: Final = "is not the URL of a page, such as https://example.org/jupyter"
_NO_HELP: Final = "is not a mail address or URL, such as mailto:help@example.org or https://example.org/help"
_MAGIC: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
_NO_LOGO: Final = (
    "is neither the text of an SVG file nor a PNG or JPEG file in base64: "
    "base64 -w0 logo.png | pulumi config set pages.logo"
)
_ACTIVE: Final = {"script", "foreignObject"}


class LogoFile(NamedTuple):
    """The file of a logo."""

    name: str
    """Its name, with the extension of its format."""
    content: bytes
    """Its content."""


def logo_file(logo: str) -> LogoFile:
    """Return the file of a valid `Logo`."""
    if logo.lstrip().startswith("<"):
        return LogoFile("logo.svg", logo.encode())
    content = base64.b64decode("".join(logo.split()), validate=True)
    kind = next(kind for magic, kind in _MAGIC.items() if content.startswith(magic))
    return LogoFile(f"logo.{kind}", content)


def _logo(text: str) -> str:
    if "<!DOCTYPE" in text:
        msg = "has a document type, which browsers do not need; remove <!DOCTYPE ...> from the SVG file"
        raise ValueError(msg)
    try:
        if not text.lstrip().startswith("<"):
            logo_file(text)
            return text
        root = ET.fromstring(text)  # noqa: S314 it has no document type, so no entities that grow without end
    except (ET.ParseError, binascii.Error, ValueError, StopIteration):
        raise ValueError(_NO_LOGO) from None
    if root.tag.rpartition("}")[2] != "svg":
        raise ValueError(_NO_LOGO)
    for element in root.iter():
        active = element.tag.rpartition("}")[2] in _ACTIVE or any(name.startswith("on") for name in element.attrib)
        if active:
            msg = "has a script in it, which would run on the hub's own address; remove it from the SVG file"
            raise ValueError(msg)
    return text


def _css(text: str) -> str:
    if "<" in text:
        msg = "has a <, which CSS does not need; HTML belongs to pages.templates"
        raise ValueError(msg)
    bare = re.sub(r"/\*.*?\*/|\"[^\"\n]*\"|'[^'\n]*'", "", text, flags=re.DOTALL)
    if bare.count("{") != bare.count("}"):
        msg = "has not as many { as }"
        raise ValueError(msg)
    return text


def _readable(text: str) -> str:
    if not text.strip():
        msg = "is empty; remove it, or write something"
        raise ValueError(msg)
    if not re.sub(r"[\n\t]", " ", text).isprintable():
        msg = "has a control character in it; remove it"
        raise ValueError(msg)
    return text


Announcement = Annotated[Text, at_most(2000, "name a page with the rest"), Check(_readable, {})]
"""Some sentences of plain text."""

Terms = Annotated[Text, at_most(50_000, "name a page with the rest"), Check(_readable, {})]
"""Paragraphs of plain text, with empty lines between them."""

SiteUrl = Annotated[Text, at_most(1000, "no page has such a URL"), matching(_SITE, _NO_SITE)]
"""http or https URL of a page."""

HelpAddress = Annotated[
    Text,
    at_most(1000, "no page has such a URL"),
    matching(rf"mailto:[^\s@\"'<>?]+@[A-Za-z0-9.-]+|{_SITE}", _NO_HELP),
]
"""Mail address, with `mailto:` in front, or URL."""

Logo = Annotated[Text, AfterValidator(_logo)]
"""Text of an SVG file, or a PNG or JPEG file in base64."""

Css = Annotated[Text, at_most(50_000, "the hub sends it with each page"), AfterValidator(_css)]
"""CSS rules."""

TemplateName = Annotated[
    Text,
    matching(
        r"[A-Za-z0-9_-]{1,60}\.html",
        "is not the name of a template, such as login.html: letters, digits, '-' and '_', and .html",
    ),
]
"""File name of a template."""
