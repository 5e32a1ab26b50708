"""Signing out by a click on a page of this hub or of a notebook; JupyterHub does it for a link of any site."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jupyterhub.handlers.login import LogoutHandler

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest


def install() -> None:
    """Let JupyterHub ask before a link of another site signs somebody out. May be called again."""
    if LogoutHandler.get.__module__ == __name__:
        return
    sign_out = LogoutHandler.get

    async def sign_out_or_ask(self: LogoutHandler) -> None:
        if self.current_user is None or _is_own(self.request):
            await sign_out(self)
        else:
            page = await self.render_template("sign_out.html")
            self.write(page)  # pyright: ignore[reportUnknownMemberType] -- tornado's own type is not complete

    # OAuthenticator has a subclass.
    LogoutHandler.get = sign_out_or_ask


def _is_own(request: HTTPServerRequest) -> bool:
    """Return whether somebody comes from a page of this address, or has typed it."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    # Browsers send that with https only, and to the own machine.
    return urlsplit(request.headers.get("Referer", "")).netloc == request.host
