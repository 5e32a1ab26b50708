"""Contract: what the hub's pages show beside JupyterHub's own content."""

from __future__ import annotations

from typing import Final

from hub.contract_part import Part

PAGES_FOLDER: Final = "pages"
"""Folder beside the package `hub` with the operator's templates and logo."""

ANNOUNCEMENT_FOLDER: Final = "announcement"
"""Folder beside the package `hub` with the file `ANNOUNCEMENT_FILE`, which may change while the hub runs."""

ANNOUNCEMENT_FILE: Final = "announcement.txt"
"""Text of the announcement. Without the file there is none."""


class Pages(Part):
    """Content of all pages. The announcement is not in it, so that a change of it restarts nothing."""

    organization: str | None
    """Name of the organization; None: JupyterHub."""
    organization_url: str | None
    """Page of the organization."""
    help: str | None
    """Where people get help: `mailto:` with a mail address, or a URL."""
    logo: str | None
    """Name of the file in `PAGES_FOLDER`; None: JupyterHub's logo."""
    css: str | None
    """CSS rules."""
    terms: str | None
    """Terms of use, which everybody accepts before their first start; None: there are none."""
