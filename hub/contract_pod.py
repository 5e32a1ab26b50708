"""Contract: what an image needs of its pod, beside CPUs and memory."""

from __future__ import annotations

from typing import Literal

from hub.contract_part import Part


class PodSettings(Part):
    """Properties of all notebook pods, whatever their image."""

    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None
    """When nodes pull the image; None: Kubernetes' default, which is `Always` for the tag `latest` or none."""
    image_pull_secrets: tuple[str, ...]
    """Names of Secrets with the credentials of registries, in the notebooks' namespace."""
    default_url: str
    """Path of the page that a started server shows."""
    command: tuple[str, ...]
    """Program that starts the server, and its arguments. Empty: `start-singleuser.sh` or `jupyterhub-singleuser`."""
    home_path: str
    """Folder at which the home is mounted."""
    user: int
    """Number of the Linux user."""
    group: int
    """Number of the Linux group, which also owns the files of the home."""
    node_selector: dict[str, str]
    """Labels of the nodes."""
    tolerations: tuple[dict[str, str | int], ...]
    """Taints of nodes that are tolerated, with the fields of Kubernetes."""
    memory_limit_percent: int
    """Memory limit in percent of the chosen memory, which is guaranteed."""
    labels: dict[str, str]
    """Further labels."""
    annotations: dict[str, str]
    """Further annotations."""

    def limit(self, memory: int) -> int:
        """Return the memory limit, in bytes, for this guaranteed memory."""
        return memory * self.memory_limit_percent // 100
