"""Looks up objects of any kind in the Kubernetes API."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from components.dynamic.api_client import api_client, message_of

if TYPE_CHECKING:
    from kubernetes.client.api_client import ApiClient


class UnreadableError(Exception):
    """The API server did not answer the question; the text has its reason."""


class UnreachableError(UnreadableError):
    """There was no answer at all."""


_SECONDS: Final = 5
"""Time limit of a request."""
OF_A_HUB: Final = "app.kubernetes.io/name=jupyterhub,app.kubernetes.io/managed-by=pulumi"
"""Label selector of the StatefulSets of all hubs."""


def look_up(address: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the metadata of an object in the cluster; None if it does not exist.

    Args:
        address: `context` and `kubeconfig` of the cluster, as for `api_client`.
        wanted: The object: `apiVersion`, `kind`, and `metadata` with `name` and, unless it has none, `namespace`.

    Raises:
        UnreadableError: It is not known whether it exists.
    """
    found = read(address, wanted)
    return None if found is None else cast("dict[str, Any]", found["metadata"])


def read(address: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a whole object in the cluster; None if it, or its kind, does not exist. Otherwise like `look_up`."""
    metadata = cast("Mapping[str, str]", wanted["metadata"])
    return _get(address, f"{_collection(wanted)}/{metadata['name']}")


def read_all(address: Mapping[str, Any], kind: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all objects of a kind: `apiVersion` and `kind`.

    Raises:
        UnreadableError: They are not known.
    """
    found = _get(address, _collection({**kind, "metadata": {}}))
    return cast("list[dict[str, Any]]", (found or {}).get("items", []))


def hub_in(address: Mapping[str, Any], namespace: str) -> bool:
    """Return whether a hub of this program is in a namespace.

    Raises:
        UnreadableError: It is not known.
    """
    path = f"/apis/apps/v1/namespaces/{namespace}/statefulsets"
    found = _get(address, path, [("labelSelector", OF_A_HUB)])
    return bool(found and found["items"])


def _collection(wanted: Mapping[str, Any]) -> str:
    version, kind = str(wanted["apiVersion"]), str(wanted["kind"]).lower()
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    namespace = wanted["metadata"].get("namespace")
    within = f"/namespaces/{namespace}" if namespace else ""
    return f"{root}{within}/{_plural(kind)}"


def _plural(kind: str) -> str:
    if kind.endswith("s"):
        return f"{kind}es"
    if kind.endswith("y") and kind[-2] not in "aeiou":
        return f"{kind[:-1]}ies"
    return f"{kind}s"


def connect(address: Mapping[str, Any]) -> "ApiClient":
    """Return a client for a cluster: `context` and `kubeconfig`, as for `api_client`.

    Raises:
        UnreachableError: The kubeconfig cannot be used.
    """
    from kubernetes.config import ConfigException  # noqa: PLC0415 slow to load

    if not logging.getLogger().handlers:
        # The client logs the error of a kubeconfig's plugin, and then asks without credentials.
        logging.getLogger().addHandler(logging.NullHandler())
    try:
        return api_client(address)
    except (ConfigException, OSError) as error:
        raise UnreachableError(str(error)) from None


def get(client: "ApiClient", path: str, query: list[tuple[str, str]] | None = None) -> dict[str, Any] | None:
    """Return the answer to a GET request of the Kubernetes API; None if what it asks for does not exist.

    Raises:
        UnreadableError: It is not known.
    """
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 as above

    try:
        # Not decoded by the client, whose versions name the parameter for it differently.
        answer = cast("Any", client).call_api(
            path,
            "GET",
            query_params=query or [],
            header_params={"Accept": "application/json"},
            auth_settings=["BearerToken"],
            _preload_content=False,
            _return_http_data_only=True,
            _request_timeout=_SECONDS,
        )
        return json.loads(answer.data)
    except ApiException as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return None
        raise UnreadableError(message_of(error)) from None
    except (HTTPError, OSError) as error:
        raise UnreachableError(str(error)) from None


def _get(address: Mapping[str, Any], path: str, query: list[tuple[str, str]] | None = None) -> dict[str, Any] | None:
    return get(connect(address), path, query)
