"""Sign-in with OAuth that works from any link, however long."""

from __future__ import annotations

import json
from typing import Final

from oauthenticator.oauth2 import OAuthLoginHandler

LONGEST_NEXT: Final = 1800
"""Maximum length, as JSON, of the URL to go on to after the sign-in. OAuthenticator keeps it in a cookie, in base64
twice, and browsers drop cookies of more than 4096 bytes: the sign-in would fail."""


def install() -> None:
    """Forget the page of a longer link: the sign-in leads to the home page or the server. May be called again."""
    if OAuthLoginHandler.get.__module__ == __name__:
        return
    begin = OAuthLoginHandler.get

    def begin_with_short_state(self: OAuthLoginHandler) -> None:
        if len(json.dumps(self.get_argument("next", ""))) > LONGEST_NEXT:
            del self.request.arguments["next"]
        begin(self)

    OAuthLoginHandler.get = begin_with_short_state
