"""How providers of this project, which run in processes of their own, reach the cluster's API."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubernetes.client.api_client import ApiClient


def api_client(props: Mapping[str, Any]) -> "ApiClient":
    """Returns a client for the cluster of a resource.

    Args:
        props: Its inputs `kubeconfig`, as JSON, and `context`. Without the first it is the user's own kubeconfig,
            without the second its current context: Pulumi drops inputs that are None.
    """
    from kubernetes.client.api_client import ApiClient  # noqa: PLC0415 slow to load, and most previews do not need it
    from kubernetes.client.configuration import Configuration  # noqa: PLC0415 as above
    from kubernetes.config import load_kube_config_from_dict, new_client_from_config  # noqa: PLC0415 as above

    kubeconfig = props.get("kubeconfig")
    if not kubeconfig:
        return new_client_from_config(context=props.get("context"))
    configuration = Configuration()
    load_kube_config_from_dict(json.loads(kubeconfig), client_configuration=configuration)
    return ApiClient(configuration)
