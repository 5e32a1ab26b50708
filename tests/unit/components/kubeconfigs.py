"""Kubeconfig files for tests."""

import json
from collections.abc import Mapping
from pathlib import Path


def write(path: Path, servers: Mapping[str, str], *, current: str | None = None, proxy: str | None = None) -> Path:
    """Write a kubeconfig with a context for each server, by name, and return its path. Cluster names are unique."""
    clusters = [
        {"name": f"{name} of {path.name}", "cluster": {"server": server, **({"proxy-url": proxy} if proxy else {})}}
        for name, server in servers.items()
    ]
    contexts = [{"name": name, "context": {"cluster": f"{name} of {path.name}", "user": "me"}} for name in servers]
    users = [{"name": "me", "user": {"token": "hidden-credential"}}]
    document = {"apiVersion": "v1", "kind": "Config", "clusters": clusters, "contexts": contexts, "users": users}
    if current is not None:
        document["current-context"] = current
    path.write_text(json.dumps(document))
    return path
