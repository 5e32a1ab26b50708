"""What an image needs of its pod, beside CPUs and memory: how it is pulled, started, and as which user it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from traitlets.config import Config

HOME_VOLUME: Final = "home"
"""Name of the volume with the home."""


class PodSettings(BaseModel):
    """Properties of all notebook pods, whatever their image."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
    memory_limit_percent: int
    """Memory limit in percent of the chosen memory, which is guaranteed."""
    labels: dict[str, str]
    """Further labels."""
    annotations: dict[str, str]
    """Further annotations."""

    def limit(self, memory: int) -> int:
        """Return the memory limit, in bytes, for this guaranteed memory."""
        return memory * self.memory_limit_percent // 100

    def configure(self, c: Config) -> None:
        """Set the traits of KubeSpawner, all but the command."""
        c.KubeSpawner.image_pull_policy = self.image_pull_policy
        c.KubeSpawner.image_pull_secrets = list(self.image_pull_secrets)
        c.KubeSpawner.default_url = self.default_url
        c.KubeSpawner.volume_mounts = [{"name": HOME_VOLUME, "mountPath": self.home_path}]
        c.KubeSpawner.uid = self.user
        c.KubeSpawner.gid = c.KubeSpawner.fs_gid = self.group
        c.KubeSpawner.extra_labels = self.labels
        c.KubeSpawner.extra_annotations = {
            # GKE Autopilot otherwise evicts pods to use fewer nodes. For an upgrade of the node, it waits up to 7 days
            # with this.
            "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
            **self.annotations,
        }
