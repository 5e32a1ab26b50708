"""All settings of a stack in one model."""

import shlex
from collections.abc import Mapping
from typing import cast

from pydantic import ValidationInfo, field_validator

from settings.addresses import PublicUrl, host_of, is_loopback, url_of
from settings.images import VERSION_FILE
from settings.model import Model
from settings.names import HubName, HubNamespace
from settings.scalars import Flag
from settings.sections import (
    AuthSettings,
    ClusterAdminSettings,
    EndpointSettings,
    HubSettings,
    ImagesSettings,
    KubernetesSettings,
    NotebookSettings,
    ProxySettings,
    SecretsSettings,
)


class Settings(Model):
    """The settings of one stack, checked and complete.

    The order of the fields matters: a check may look at the fields above its own. Where one of those is wrong itself,
    the check is left out: that mistake is reported already. Messages about a whole group start with the key meant.
    """

    name: HubName = "tf-hub"
    """Name of the hub; the names of its Kubernetes objects follow from it."""
    namespace: HubNamespace = "jupyterhub"
    """Namespace of hub and proxy."""
    protect: Flag = True
    """Whether Pulumi refuses to delete what holds people's work."""
    kubernetes: KubernetesSettings = KubernetesSettings()
    cluster_admin: ClusterAdminSettings = ClusterAdminSettings()
    endpoint: EndpointSettings = EndpointSettings()
    public_url: PublicUrl | None = None
    """Where people reach the hub, without `/` at the end. Default `http://<endpoint.address>`; none = not known yet."""
    images: ImagesSettings = ImagesSettings()
    hub: HubSettings
    proxy: ProxySettings
    notebook: NotebookSettings
    secrets: SecretsSettings = SecretsSettings()
    auth: AuthSettings

    @property
    def notebooks_namespace(self) -> str:
        """Namespace of the notebooks' pods and home volumes."""
        return f"{self.namespace}-notebooks"

    @property
    def oauth_callback_url(self) -> str | None:
        """Where an OAuth provider sends people back to; none while `public_url` is not known."""
        return None if self.public_url is None else f"{self.public_url}/hub/oauth_callback"

    @property
    def port_forward_command(self) -> str:
        """Shell command that makes the hub reachable at http://localhost:8000."""
        context = "" if self.kubernetes.context is None else f"--context {shlex.quote(self.kubernetes.context)} "
        return f"kubectl {context}--namespace {self.namespace} port-forward svc/{self.name}-lb 8000:80"

    @field_validator("public_url")
    @classmethod
    def _default_url(cls, public_url: str | None, info: ValidationInfo) -> str | None:
        endpoint = info.data.get("endpoint")
        if public_url is None and isinstance(endpoint, EndpointSettings) and endpoint.address is not None:
            return url_of(endpoint.address)
        return public_url

    @field_validator("hub", "proxy", "notebook", mode="before")
    @classmethod
    def _default_image(cls, section: object, info: ValidationInfo) -> object:
        if not isinstance(section, Mapping) or "image" in section:
            return cast("object", section)
        images, group = info.data.get("images"), str(info.field_name)
        if not isinstance(images, ImagesSettings):
            image = "unknown"  # images.repository is reported; three missing images would be noise
        elif images.repository is None:
            return cast("object", section)
        else:
            image = _image_of(images.repository, group)
        return {**cast("Mapping[object, object]", section), "image": image}

    @field_validator("auth")
    @classmethod
    def _dummy_only_on_loopback(cls, auth: AuthSettings, info: ValidationInfo) -> AuthSettings:
        endpoint, public_url = info.data.get("endpoint"), info.data.get("public_url")
        if not isinstance(endpoint, EndpointSettings) or "public_url" not in info.data:
            return auth
        if endpoint.address is None:
            msg = (
                "auth.type: dummy lets anybody in with any password, so endpoint.address must be set to a loopback "
                "address; without it a cloud gives a public one: pulumi config set endpoint.address 127.100.0.10"
            )
            raise ValueError(msg)
        if not is_loopback(endpoint.address) or not is_loopback(host_of(str(public_url))):
            msg = (
                "auth.type: dummy lets anybody in with any password, so endpoint.address and publicUrl must be "
                "loopback (127.0.0.0/8, ::1, localhost)"
            )
            raise ValueError(msg)
        return auth


def _image_of(repository: str, name: str) -> str:
    try:
        tag = VERSION_FILE.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        msg = f"{name}.image: has no default, as docker/VERSION cannot be read; restore that file, or set {name}.image"
        raise ValueError(msg) from None
    return f"{repository}/{name}:{tag}"
