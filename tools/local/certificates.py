"""The cluster's keys and certificates, created once and stored with its data."""

from collections.abc import Sequence
from pathlib import Path

import trustme
import yaml

from tools.local import layout

FOLDER = layout.DATA / "pki"
CA_CERTIFICATE = FOLDER / "ca.pem"
"""The cluster's CA certificate."""
SERVICE_ACCOUNT_KEY = FOLDER / "service-accounts.key"
"""Signs the tokens of service accounts."""
SERVER = FOLDER / "server.pem"
"""Key and certificates of the API server and the kubelet, in one file."""


def ensure() -> None:
    """Create the missing keys and certificates."""
    FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca = _ca()
    if not SERVER.exists():
        addresses = ["localhost", "127.0.0.1", str(layout.NODE_ADDRESS), str(layout.API_ADDRESS), layout.NAME]
        names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"]
        _write(SERVER, ca.issue_cert(*addresses, *names).private_key_and_cert_chain_pem.bytes())
    if not SERVICE_ACCOUNT_KEY.exists():
        pair = ca.issue_cert(layout.NAME, key_type=trustme.KeyType.RSA)
        _write(SERVICE_ACCOUNT_KEY, pair.private_key_pem.bytes())


def kubeconfig(user: str, groups: Sequence[str] = (), *, file: Path | None = None) -> Path:
    """Write a kubeconfig of the cluster for `user`.

    Args:
        user: Its name for the API server, for example `system:kube-scheduler`.
        groups: Its groups; the API server reads at most one from these certificates.
        file: Where to write it; in the folder of the keys by default.

    Returns:
        The file. An existing one is not changed.
    """
    file = file or FOLDER / f"{user.replace(':', '-')}.kubeconfig"
    if file.exists():
        return file
    # Go refuses a certificate whose list of host names is empty.
    group = groups[0] if groups else None
    pair = _ca().issue_cert(layout.NAME, common_name=user, organization_name=group)
    certificate = FOLDER / f"{user.replace(':', '-')}.pem"
    _write(certificate, pair.private_key_and_cert_chain_pem.bytes())
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": layout.NAME,
        "contexts": [{"name": layout.NAME, "context": {"cluster": layout.NAME, "user": user}}],
        "clusters": [
            {
                "name": layout.NAME,
                "cluster": {
                    "server": f"https://127.0.0.1:{layout.API_PORT}",
                    "certificate-authority": str(CA_CERTIFICATE),
                },
            }
        ],
        "users": [{"name": user, "user": {"client-certificate": str(certificate), "client-key": str(certificate)}}],
    }
    _write(file, yaml.safe_dump(content, sort_keys=False).encode())
    return file


def _ca() -> trustme.CA:
    key = FOLDER / "ca.key"
    if key.exists() and CA_CERTIFICATE.exists():
        return trustme.CA.from_pem(CA_CERTIFICATE.read_bytes(), key.read_bytes())
    ca = trustme.CA(organization_name=layout.NAME, key_type=trustme.KeyType.RSA)
    _write(key, ca.private_key_pem.bytes())
    _write(CA_CERTIFICATE, ca.cert_pem.bytes())
    return ca


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(content)
