"""Files of the stack in every notebook pod, such as JupyterLab's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kubernetes_asyncio.client import V1ConfigMapVolumeSource, V1Volume, V1VolumeMount

if TYPE_CHECKING:
    from kubernetes_asyncio.client import V1Pod

    from hub.contract_content import ContentSettings

_VOLUME: Final = "stack-files"


def add_to(pod: V1Pod, content: ContentSettings) -> None:
    """Mount the files, read-only. Folders that the image does not have are made; others keep their other files."""
    if content.files_config_map is None:
        return
    container = pod.spec.containers[0]
    source = V1ConfigMapVolumeSource(name=content.files_config_map)
    pod.spec.volumes = [*pod.spec.volumes, V1Volume(name=_VOLUME, config_map=source)]
    container.volume_mounts = [
        *container.volume_mounts,
        *(
            V1VolumeMount(name=_VOLUME, mount_path=path, sub_path=key, read_only=True)
            for path, key in content.files.items()
        ),
    ]
