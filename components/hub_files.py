"""Files of the stack for the hub's pod."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.metadata import labels
from components.notebook_files import file_keys
from settings import Settings

_VOLUME = "files"


@dataclass(frozen=True, kw_only=True)
class HubFilesArgs:
    """Inputs of `HubFiles`."""

    settings: Settings
    """The stack's settings: the files."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""


class HubFiles(pulumi.ComponentResource):
    """An auto-named ConfigMap. A change makes a new one, and so rolls the hub's pod."""

    config_map_name: pulumi.Output[str]
    """Name of the ConfigMap."""

    def __init__(self, name: str, args: HubFilesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:hub_files:HubFiles", name, None, opts)
        files = args.settings.hub.files
        config_map = core.ConfigMap(
            f"{name}-files",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(args.settings, "hub")),
            immutable=True,
            data={key: files[path] for path, key in file_keys(files).items()},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_map_name = config_map.metadata.name
        self.register_outputs({"config_map_name": self.config_map_name})


def volumes(settings: Settings, files: pulumi.Input[str] | None) -> list[core.VolumeArgs]:
    """Return the volumes of the operator's own files, claims, ConfigMaps and Secrets.

    Args:
        settings: The stack's settings.
        files: ConfigMap of `HubFiles`; None = there are no files.
    """
    found = [
        core.VolumeArgs(
            name=f"own-{own.name}",
            config_map=core.ConfigMapVolumeSourceArgs(name=own.config_map) if own.config_map else None,
            secret=core.SecretVolumeSourceArgs(secret_name=own.secret) if own.secret else None,
            persistent_volume_claim=(
                core.PersistentVolumeClaimVolumeSourceArgs(claim_name=own.claim, read_only=not own.writable)
                if own.claim
                else None
            ),
        )
        for own in settings.hub.volumes
    ]
    if files is None:
        return found
    return [core.VolumeArgs(name=_VOLUME, config_map=core.ConfigMapVolumeSourceArgs(name=files)), *found]


def mounts(settings: Settings) -> list[core.VolumeMountArgs]:
    """Return where these volumes are mounted."""
    hub = settings.hub
    return [
        *(
            core.VolumeMountArgs(name=_VOLUME, mount_path=path, sub_path=key, read_only=True)
            for path, key in file_keys(hub.files).items()
        ),
        *(
            core.VolumeMountArgs(name=f"own-{own.name}", mount_path=own.path, read_only=not own.writable)
            for own in hub.volumes
        ),
    ]
