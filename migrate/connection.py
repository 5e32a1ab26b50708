"""The cluster that the commands change."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from kubernetes.client.api_client import ApiClient
from kubernetes.client.exceptions import ApiException
from kubernetes.config import ConfigException, new_client_from_config
from urllib3.exceptions import HTTPError

from components.dynamic.api_client import message_of
from tools.errors import ToolError

ApiObject = Any
"""Object of the Kubernetes API. Its type says of each field that it may be missing; these have them."""


@contextmanager
def connection(context: str | None) -> Generator[ApiClient]:
    """Connect to the cluster of a context of the kubeconfig; None = the current one.

    Raises:
        ToolError: It does not answer, or refuses a request of the block.
    """
    try:
        # The client reads the variable when it is imported.
        yield new_client_from_config(os.environ.get("KUBECONFIG") or None, context=context)
    except ApiException as error:
        message = (
            f"The cluster refuses a request: {message_of(error)}. Check the rights of your account; then run it again."
        )
        raise ToolError(message) from None
    except (ConfigException, HTTPError) as error:
        message = f"The cluster does not answer: {error}. Check the kubeconfig and --context."
        raise ToolError(message) from None
