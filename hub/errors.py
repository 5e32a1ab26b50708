"""HTTP errors with reasons that the hub's pages show."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from markupsafe import Markup
from tornado import web

if TYPE_CHECKING:
    from collections.abc import Sequence


class HubError(web.HTTPError):
    """An HTTP error with reasons.

    JupyterHub shows the two attributes on its pages and in its API instead of "HTTP 400: Bad Request".
    """

    def __init__(self, reasons: Sequence[str], *, status: int = 400) -> None:
        """Set status and reasons.

        Args:
            reasons: Plain sentences; they are escaped where HTML is shown.
            status: The HTTP status.
        """
        text = " ".join(reasons)
        # The title of JupyterHub's page. Without it the title would be the text, which stands below.
        super().__init__(status, text, reason=HTTPStatus(status).phrase)
        self.jupyterhub_message = text
        self.jupyterhub_html_message = str(Markup("<br>").join(reasons))


class UpstreamError(HubError):
    """An outage of a service that the hub depends on."""

    def __init__(self, service: str, error: str) -> None:
        """Set the service's name, such as GitHub, and its error, which must not contain a secret."""
        super().__init__(
            [f"{service} does not answer ({error}), so nobody can sign in now.", "Try again in some minutes."],
            status=503,
        )
