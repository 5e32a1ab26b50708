"""What the operator adds to the pages: announcement, organization, help, logo, CSS and templates."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from tornado.escape import linkify

from hub.contract_pages import ANNOUNCEMENT_FILE, ANNOUNCEMENT_FOLDER, PAGES_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub.user import User
    from traitlets.config import Config

    from hub.contract_pages import Pages

_PROTOCOLS: Final = ["http", "https", "mailto"]


def linked(text: str) -> Markup:
    """Return plain text as HTML, with links for its URLs and lines as they are."""
    return Markup(linkify(text, require_protocol=True, permitted_protocols=_PROTOCOLS).replace("\n", "<br>"))  # noqa: S704 linkify escapes


class Announcement:
    """The announcement of the moment, as a template variable.

    It is read for each page: Kubernetes replaces the file when the ConfigMap changes, and nothing restarts.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder with the file."""
        self._file = folder / ANNOUNCEMENT_FILE

    def __call__(self, _user: User | None) -> Markup:
        """Return the HTML; empty if there is no announcement."""
        with suppress(OSError, UnicodeDecodeError):
            return linked(self._file.read_text(encoding="utf-8").strip())
        return Markup()


def configure(c: Config, pages: Pages, folder: Path) -> None:
    """Set logo, templates and template variables.

    Args:
        c: JupyterHub's configuration.
        pages: Content of all pages.
        folder: The folder of the package `hub`.
    """
    beside = folder.parent
    # An operator's template takes the place of one of this hub or JupyterHub, and can extend both: `templates/` is
    # JupyterHub's own name for its folder, and `hub/` is found in the last one.
    c.JupyterHub.template_paths = [str(beside / PAGES_FOLDER), str(folder), str(beside)]
    if pages.logo is not None:
        c.JupyterHub.logo_file = str(beside / PAGES_FOLDER / pages.logo)
    c.JupyterHub.template_vars = variables(pages, beside / ANNOUNCEMENT_FOLDER)


def variables(pages: Pages, announcement: Path) -> dict[str, Any]:
    """Return the template variables; `announcement` is the folder with its file."""
    return {
        "announcement": Announcement(announcement),
        "organization": pages.organization,
        "organization_url": pages.organization_url,
        "help": pages.help,
        "css": None if pages.css is None else Markup(pages.css),  # noqa: S704 the operator's own, without <
        "terms": None if pages.terms is None else [linked(part) for part in paragraphs(pages.terms)],
    }


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which empty lines separate."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            found[-1].append(line.strip())
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]
