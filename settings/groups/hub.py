"""Keys `hub.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.images import ImageReference
from settings.types.model import Model, over
from settings.types.sizes import Limits, Requests, Resources, Storage
from settings.types.text import Flag, Text
from settings.types.traffic import Destination, Pods

_HUB_RESOURCES = Resources(requests=Requests(cpu="100m", memory="256Mi"), limits=Limits(memory="1Gi"))
_HUB_STORAGE = Storage(size="1Gi")
_LDAP = {"range": "10.20.0.7/32", "ports": [636]}
_PROMETHEUS = {"namespace": "monitoring", "pods": {"app.kubernetes.io/name": "prometheus"}}


class HubSettings(Model):
    """The pod of the hub, and its volume."""

    image: Annotated[ImageReference, Field(validate_default=False)] = ""
    """Image of the hub, such as `registry.example.org/hub:1.0.0`. Required unless `images.repository` is set."""
    resources: Annotated[Resources, over(_HUB_RESOURCES)] = _HUB_RESOURCES
    """CPU and memory of the hub. Omitted parts keep their defaults."""
    storage: Annotated[Storage, over(_HUB_STORAGE)] = _HUB_STORAGE
    """Volume of the hub's SQLite database. Of an existing volume, only the size can change, and only grow."""
    keep_database: Flag = True
    """Whether `pulumi destroy` retains the database: the volume with its namespace, or the Cloud SQL instance."""
    extra_config: Text | None = None
    """Python code that runs at the end of jupyterhub_config.py, such as `c.JupyterHub.allow_named_servers = True`.
    Its secrets belong to `auth.secretEnvironment`."""
    replace_guard: Flag = False
    """Whether `hub.extraConfig` may replace the checks of what people start: `modify_pod_hook`, `apply_user_options`,
    `options_form`, `options_from_form`, `profile_list` and `spawner_class`. Then that code alone decides what runs in
    the notebooks' namespace."""
    egress: Annotated[tuple[Destination, ...], Field(examples=[[_LDAP]])] = ()
    """Further destinations of the hub's connections, with `network.policies`: a directory for `auth.type: custom`, for
    example. It reaches what other settings name, and port 443 of every address."""
    ingress: Annotated[tuple[Pods, ...], Field(examples=[[_PROMETHEUS]])] = ()
    """Pods that may connect to the hub directly, with `network.policies`: those that read its metrics, for example.
    Proxy and notebooks always may, and browsers reach it through the proxy."""
