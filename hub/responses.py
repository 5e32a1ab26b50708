"""Responses of services that the hub asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from tornado.httpclient import HTTPResponse


def json_of(response: HTTPResponse | None) -> dict[str, Any]:
    """Return the JSON object of a response; empty if it has none, such as the HTML page of a proxy."""
    try:
        body: Any = json.loads((response.body if response else b"") or b"")
    except (ValueError, RecursionError):  # the latter for thousands of brackets
        return {}
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}
