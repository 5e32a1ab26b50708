"""Groups of Microsoft Entra that are too many for a token: Microsoft Graph lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from tornado.httpclient import HTTPClientError

from hub.errors import UpstreamError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

GRAPH_URL: Final = "https://graph.microsoft.com"

_PATH: Final = "/v1.0/me/transitiveMemberOf/microsoft.graph.group?$select=id&$top=999&$count=true"
"""The groups of the user of the token, also those that a group of the user is in. The permission `User.Read` is enough
for their IDs."""
_OF_ONE_KIND: Final = {"ConsistencyLevel": "eventual"}
"""Header that Microsoft requires, with `$count`, for a list of one kind of objects."""


async def groups(fetch: Callable[..., Awaitable[Any]], headers: Mapping[str, str], url: str) -> set[str]:
    """Return the IDs of all groups of a user.

    Args:
        fetch: Returns the JSON at a URL.
        headers: Headers with the access token of the user.
        url: URL of Microsoft Graph.

    Raises:
        UpstreamError: Microsoft Graph does not answer.
    """
    found: set[str] = set()
    address = f"{url}{_PATH}"
    while address:
        try:
            page = await fetch(address, method="GET", headers={**headers, **_OF_ONE_KIND})
        except HTTPClientError as error:
            raise UpstreamError("Microsoft Graph", str(error)) from None
        listed = page.get("value")
        if not isinstance(listed, list):
            raise UpstreamError("Microsoft Graph", "a response without groups")
        found |= {str(group["id"]) for group in cast("list[dict[str, Any]]", listed) if "id" in group}
        address = str(page.get("@odata.nextLink") or "")
    return found
