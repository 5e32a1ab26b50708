"""Objects of custom resource definitions, which come and go with the tests."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from kubernetes.client import CustomObjectsApi
from kubernetes.client.exceptions import ApiException

from tools.local import api


def put(plural: str, manifest: Mapping[str, Any]) -> None:
    """Create an object, or change the one that is there.

    Args:
        plural: Name of its kind in paths, such as `gateways`.
        manifest: The object; without `metadata.namespace` it is one of the cluster.
    """
    custom = cast("Any", CustomObjectsApi(api.connect()))
    name, namespace = manifest["metadata"]["name"], manifest["metadata"].get("namespace")
    place = (*manifest["apiVersion"].split("/"), *([namespace] if namespace else []), plural)
    scope = "namespaced" if namespace else "cluster"
    try:
        getattr(custom, f"create_{scope}_custom_object")(*place, manifest)
    except ApiException as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        getattr(custom, f"patch_{scope}_custom_object")(*place, name, manifest)
