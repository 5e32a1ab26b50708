"""Files of the stack for all notebook servers."""

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.metadata import labels
from settings import Settings


def keys(settings: Settings) -> dict[str, str]:
    """Return the key of each file in the ConfigMap, by its path."""
    return file_keys(settings.notebook.files)


def file_keys(paths: Iterable[str]) -> dict[str, str]:
    """Return a key in a ConfigMap for each path of a file, in which `/` is not allowed."""
    return {path: f"{index}-{path.rpartition('/')[2]}" for index, path in enumerate(sorted(paths))}


@dataclass(frozen=True, kw_only=True)
class NotebookFilesArgs:
    """Inputs of `NotebookFiles`."""

    settings: Settings
    """The stack's settings: the files."""
    namespace: pulumi.Input[str]
    """Namespace of the notebooks."""


class NotebookFiles(pulumi.ComponentResource):
    """An auto-named ConfigMap. A change makes a new one, so servers that run keep the files of their start."""

    config_map_name: pulumi.Output[str]
    """Name of the ConfigMap."""

    def __init__(self, name: str, args: NotebookFilesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:notebook_files:NotebookFiles", name, None, opts)
        files = args.settings.notebook.files
        config_map = core.ConfigMap(
            f"{name}-files",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(args.settings, "notebooks")),
            immutable=True,
            data={key: files[path] for path, key in keys(args.settings).items()},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_map_name = config_map.metadata.name
        self.register_outputs({"config_map_name": self.config_map_name})
