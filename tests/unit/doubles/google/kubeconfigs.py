"""A kubeconfig for tests."""

import json
from pathlib import Path


def kubeconfig(folder: Path) -> Path:
    """Write a kubeconfig with two clusters. The current context has the second, and credentials in files."""
    (folder / "client.pem").write_text("CERTIFICATE AND KEY")
    cluster = {"server": "https://127.0.0.1:16443", "certificate-authority-data": "Q0E="}
    user = {"client-certificate": str(folder / "client.pem"), "client-key": str(folder / "client.pem")}
    content: dict[str, object] = {
        "current-context": "b",
        "contexts": [{"name": "a", "context": {}}, {"name": "b", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "other", "cluster": {"server": "https://192.0.2.1"}}, {"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user}],
    }
    file = folder / "kubeconfig"
    file.write_text(json.dumps(content))
    return file
