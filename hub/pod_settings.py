"""KubeSpawner's traits for the needs of an image: how it is pulled and started, and as which user it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from traitlets.config import Config

    from hub.contract_pod import PodSettings

HOME_VOLUME: Final = "home"
"""Name of the volume with the home."""


def configure(c: Config, pod: PodSettings) -> None:
    """Set the traits of KubeSpawner, all but the command."""
    c.KubeSpawner.image_pull_policy = pod.image_pull_policy
    c.KubeSpawner.image_pull_secrets = list(pod.image_pull_secrets)
    c.KubeSpawner.default_url = pod.default_url
    c.KubeSpawner.volume_mounts = [{"name": HOME_VOLUME, "mountPath": pod.home_path}]
    c.KubeSpawner.uid = pod.user
    c.KubeSpawner.gid = c.KubeSpawner.fs_gid = pod.group
    # Empty ones are not set, so that old names of the traits in extraConfig count.
    if pod.node_selector:
        c.KubeSpawner.node_selector = pod.node_selector
    if pod.tolerations:
        c.KubeSpawner.tolerations = [dict(one) for one in pod.tolerations]
    if pod.labels:  # else those of extraConfig, under an old name of the trait, count
        c.KubeSpawner.extra_labels = pod.labels
    c.KubeSpawner.extra_annotations = {
        # GKE Autopilot otherwise evicts pods to use fewer nodes. For an upgrade of the node, it waits up to 7 days
        # with this.
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
        **pod.annotations,
    }
