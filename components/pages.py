"""The announcement, the logo and the templates of the hub's pages."""

import base64
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.hub_paths import ANNOUNCEMENT_PATH, PAGES_PATH
from components.metadata import labels
from hub.contract_pages import ANNOUNCEMENT_FILE
from settings import Settings, logo_file

_ANNOUNCEMENT: Final = "announcement"
_PAGES: Final = "pages"


@dataclass(frozen=True, kw_only=True)
class PagesArgs:
    """Inputs of `Pages`."""

    settings: Settings
    """The stack's settings: announcement, logo, templates."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""


class Pages(pulumi.ComponentResource):
    """Two ConfigMaps for the hub's pages, each if there is something for it.

    That of the announcement has a fixed name and changes in place: kubelet updates the file in the running hub, which
    reads it for each page. That of logo and templates is auto-named: a change makes a new one, and so rolls the hub's
    pod, since Jinja does not notice a new template.
    """

    announcement: pulumi.Output[str]
    """Name that the ConfigMap with the announcement has, if there is one."""
    files: pulumi.Output[str] | None
    """ConfigMap with logo and templates; None = there are none."""

    def __init__(self, name: str, args: PagesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:pages:Pages", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        pages = settings.pages
        if pages.announcement is not None:
            core.ConfigMap(
                f"{name}-announcement",
                metadata=meta.ObjectMetaArgs(
                    name=_announcement_name(settings), namespace=args.namespace, labels=labels(settings, "hub")
                ),
                data={ANNOUNCEMENT_FILE: pages.announcement},
                opts=child,
            )
        self.files = None
        if has_files(settings):
            logo = None if pages.logo is None else logo_file(pages.logo)
            files = core.ConfigMap(
                f"{name}-files",
                metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(settings, "hub")),
                immutable=True,
                data=pages.templates,
                binary_data={logo.name: base64.b64encode(logo.content).decode()} if logo else None,
                opts=child,
            )
            self.files = files.metadata.name
        self.announcement = pulumi.Output.from_input(_announcement_name(settings))
        self.register_outputs({"announcement": self.announcement, "files": self.files})


def has_files(settings: Settings) -> bool:
    """Return whether there are a logo or templates."""
    return settings.pages.logo is not None or bool(settings.pages.templates)


def volumes(settings: Settings, files: pulumi.Input[str] | None) -> list[core.VolumeArgs]:
    """Return the volumes of the hub's pod.

    Args:
        settings: The stack's settings.
        files: `Pages.files`.
    """
    # Optional, so that the first announcement appears in a running hub, too.
    announcement = core.ConfigMapVolumeSourceArgs(name=_announcement_name(settings), optional=True)
    found = [core.VolumeArgs(name=_ANNOUNCEMENT, config_map=announcement)]
    if files is not None:
        found.append(core.VolumeArgs(name=_PAGES, config_map=core.ConfigMapVolumeSourceArgs(name=files)))
    return found


def mounts(settings: Settings) -> list[core.VolumeMountArgs]:
    """Return where these volumes are mounted. Whole folders: Kubernetes does not update a single file (subPath)."""
    found = [core.VolumeMountArgs(name=_ANNOUNCEMENT, mount_path=ANNOUNCEMENT_PATH, read_only=True)]
    if has_files(settings):
        found.append(core.VolumeMountArgs(name=_PAGES, mount_path=PAGES_PATH, read_only=True))
    return found


def _announcement_name(settings: Settings) -> str:
    return f"{settings.name}-pages"
