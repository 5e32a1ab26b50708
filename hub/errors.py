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


class RefusedError(HubError):
    """An answer: the user is not authorized. At a recheck, it ends the session and stops the servers."""

    def __init__(self, reasons: Sequence[str]) -> None:
        """Set the reasons, as plain sentences."""
        super().__init__(reasons, status=HTTPStatus.FORBIDDEN)


class UpstreamError(HubError):
    """A question that a service did not answer. It is never an answer: nobody is signed out because of it."""

    def __init__(self, service: str, error: str, *, advice: Sequence[str] = (), status: int = 503) -> None:
        """Set service, error and advice.

        Args:
            service: The service's name, such as GitHub.
            error: Its error, which must not contain a secret.
            advice: Sentences that say what helps; by default, to try again.
            status: The HTTP status of the page.
        """
        super().__init__(
            [
                f"{service} does not answer ({error}), so nobody can sign in now."
                if not advice
                else f"{service} did not answer the hub ({error}).",
                *(advice or ["Try again in some minutes."]),
            ],
            status=status,
        )
