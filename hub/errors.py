"""How the hub says no, with reasons that people can read."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from markupsafe import Markup
from tornado import web

if TYPE_CHECKING:
    from collections.abc import Sequence


class HubError(web.HTTPError):
    """A request that is turned down for the given reasons.

    JupyterHub shows the two attributes on its pages and in its API, in place of "HTTP 400: Bad Request".
    """

    def __init__(self, reasons: Sequence[str], *, status: int = 400) -> None:
        """Turn a request down.

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
    """Something outside of this hub that does not answer just now."""

    def __init__(self, who: str, said: str) -> None:
        """Tell that `who`, such as GitHub, does not answer; `said` is what came instead, and holds no secret."""
        super().__init__(
            [f"{who} does not answer just now ({said}), so nobody can sign in.", "Try again in some minutes."],
            status=503,
        )
