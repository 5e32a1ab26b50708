"""Keys `pages.*`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from settings.types.model import Model
from settings.types.pages import Announcement, Css, HelpAddress, Logo, SiteUrl, TemplateName, Terms
from settings.types.text import Line, Text, at_most

_TEMPLATES = {
    "login.html": '{% extends "templates/login.html" %}\n{% block login %}Welcome{{ super() }}{% endblock %}\n'
}


class PagesSettings(Model):
    """The hub's pages: announcement, logo, names, templates and terms of use."""

    announcement: Announcement | None = None
    """Text at the top of every page, such as `Maintenance on Friday, 18:00`. URLs in it become links. Pages show
    another text within two minutes."""
    organization: Annotated[Line, at_most(100, "it is the title of pages")] | None = None
    """Name of the organization in the title and at the end of every page, such as `Example University`."""
    organization_url: SiteUrl | None = None
    """Page of the organization, such as `https://example.org`."""
    help: HelpAddress | None = None
    """Where people get help, such as `mailto:help@example.org`: a link at the end of every page and in errors."""
    logo: Logo | None = None
    """Logo at the top of every page: the text of an SVG file, or a PNG or JPEG file in base64, such as the output of
    `base64 -w0 logo.png`."""
    css: Css | None = None
    """CSS rules of every page, such as `.navbar { background: #003366; }`."""
    templates: Annotated[Mapping[TemplateName, Text], Field(examples=[_TEMPLATES])] = {}
    """Jinja templates by file name, in place of the pages of the same name. They extend JupyterHub's (`templates/`) or
    this hub's (`hub/`). The preview checks them against both."""
    terms: Terms | None = None
    """Terms of use, as plain text with empty lines between paragraphs, such as `Be kind.` Nobody starts a server
    without having accepted them. After a change of the text, everybody is asked again."""
