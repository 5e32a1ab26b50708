"""Kubeconfig files for tests."""

import json
from collections.abc import Mapping
from pathlib import Path


def write(
    file: Path,
    servers: Mapping[str, str],
    *,
    current: str | None = None,
    cluster: Mapping[str, str] | None = None,
    user: Mapping[str, str] | None = None,
) -> Path:
    """Write a kubeconfig, and return its path.

    Args:
        file: The file.
        servers: URLs of API servers, by context. The cluster of a context is named after context and file.
        current: The current context; None = not set.
        cluster: More properties of each cluster, such as `proxy-url`.
        user: Credentials of the only user; None = a token.
    """
    names = {context: f"{context} of {file.name}" for context in servers}
    contexts = [{"name": context, "context": {"cluster": name, "user": "me"}} for context, name in names.items()]
    clusters = [
        {"name": names[context], "cluster": {"server": url, **(cluster or {})}} for context, url in servers.items()
    ]
    users = [{"name": "me", "user": dict(user or {"token": "hidden-credential"})}]
    document = {"apiVersion": "v1", "kind": "Config", "clusters": clusters, "contexts": contexts, "users": users}
    file.write_text(json.dumps(document if current is None else {**document, "current-context": current}))
    return file
