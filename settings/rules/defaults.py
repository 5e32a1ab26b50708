"""Defaults that depend on other groups."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from settings.groups.endpoint import EndpointSettings
from settings.types.addresses import url_of
from settings.types.images import own_tag

if TYPE_CHECKING:
    from settings.groups.images import ImagesSettings

_FORWARDED_URL = "http://localhost:8000"
"""URL of a hub behind `kubectl port-forward`."""


def complete(groups: Mapping[str, Any]) -> dict[str, Any]:
    """Return the valid groups with defaults from other groups: the images and the public URL."""
    completed = dict(groups)
    images = cast("ImagesSettings | None", groups.get("images"))
    if images is not None and images.repository is not None and (tag := own_tag()) is not None:
        for name in ("hub", "proxy", "notebook"):
            if name in groups and not groups[name].image:
                image = f"{images.repository}/{name}:{tag}"
                completed[name] = groups[name].model_copy(update={"image": image})
    if "endpoint" in groups and groups.get("public_url", "invalid") is None:
        completed["public_url"] = _public_url(groups["endpoint"])
    return completed


def _public_url(endpoint: EndpointSettings) -> str | None:
    """Return the URL of the hub; None if its address is not known yet."""
    if endpoint.type == "none":
        return _FORWARDED_URL
    if endpoint.type == "node-port":
        return None
    if endpoint.hostname is not None:
        return f"{'https' if endpoint.is_https else 'http'}://{endpoint.hostname}"
    return None if endpoint.address is None else url_of(endpoint.address)
