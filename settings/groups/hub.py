"""Keys `hub.*`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.groups.services import ROLE_EXAMPLE, SERVICE_EXAMPLE, Role, Service
from settings.types.accounts import UserName
from settings.types.choices import GroupName
from settings.types.endpoint import BasePath
from settings.types.files import readable
from settings.types.hub_files import HubFilePath, HubValue, HubVariable, HubVolume, Package, SecretKeyRef
from settings.types.images import ImageReference
from settings.types.model import Model, over
from settings.types.placement import PodOptions
from settings.types.sizes import Limits, Requests, Resources, Storage
from settings.types.text import Flag, Text, WholeNumber
from settings.types.traffic import Destination, Pods

_HUB_RESOURCES = Resources(requests=Requests(cpu="100m", memory="256Mi"), limits=Limits(memory="1Gi"))
_FILES = {"/etc/krb5.conf": "[libdefaults]\n  default_realm = EXAMPLE.ORG\n"}
_HUB_STORAGE = Storage(size="1Gi")
_LDAP = {"range": "10.20.0.7/32", "ports": [636]}
_PROMETHEUS = {"namespace": "monitoring", "pods": {"app.kubernetes.io/name": "prometheus"}}


class HubSettings(Model):
    """The pod of the hub, and its volume."""

    image: Annotated[ImageReference, Field(validate_default=False)] = ""
    """Image of the hub, such as `registry.example.org/hub:1.0.0`. Required unless `images.repository` is set."""
    base_url: BasePath = "/"
    """Path of the hub on its site, such as `/jupyter`: JupyterHub's `base_url`. All of its URLs begin with it, so that
    other paths of the host may be others'. It is no part of `publicUrl`."""
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
    concurrent_starts: Annotated[WholeNumber, Field(ge=0)] = 100
    """Maximum number of servers that are starting at the same time. Whoever starts another one is told to try again in
    a minute. 0 means no limit."""
    active_servers: Annotated[WholeNumber, Field(ge=0)] = 0
    """Maximum number of servers at the same time, of all people together. Whoever starts another one is told that the
    hub is full. 0 means no limit."""
    services: Annotated[tuple[Service, ...], Field(examples=[[SERVICE_EXAMPLE]])] = ()
    """Programs outside of the hub that use its API, or that people sign in to by the hub. The stack makes their
    tokens."""
    roles: Annotated[tuple[Role, ...], Field(examples=[[ROLE_EXAMPLE]])] = ()
    """Roles: scopes of the hub's API, and who has them. The preview checks the scopes."""
    groups: Annotated[Mapping[GroupName, tuple[UserName, ...]], Field(examples=[{"course-1": ["ada", "grace"]}])] = {}
    """Users by group. Members that are added on the admin page stay; those that are removed here have to be removed
    there, too. With GitHub the groups are organizations and teams."""
    pod: PodOptions = PodOptions()
    """Placement, labels and evictions of the hub's pod."""
    packages: Annotated[tuple[Package, ...], Field(examples=[["jupyterhub-ldapauthenticator==2.0.2"]])] = ()
    """Python packages that the image of the hub has beside this project's, as it was built from an own Dockerfile. The
    preview checks `auth.customClass` and `hub.extraConfig` with them; install them where Pulumi runs, too."""
    environment: Annotated[
        Mapping[HubVariable, HubValue], Field(examples=[{"HTTPS_PROXY": "http://proxy.example.org:3128"}])
    ] = {}
    """Environment variables of the hub, without secrets, for `hub.extraConfig` and for an authenticator."""
    secret_key_refs: Annotated[
        Mapping[HubVariable, SecretKeyRef], Field(examples=[{"LDAP_PASSWORD": {"secret": "ldap", "key": "password"}}])
    ] = {}
    """Environment variables of the hub from existing Secrets in its namespace. Another value there is read when the hub
    restarts. Secrets in the stack's own config belong to `auth.secretEnvironment`."""
    files: Annotated[Mapping[HubFilePath, Text], AfterValidator(readable), Field(examples=[_FILES])] = {}
    """Files of the hub's pod, by absolute path, with their text. They are read-only, and nothing secret belongs there.
    JSON and Python are checked for their syntax."""
    volumes: Annotated[
        tuple[HubVolume, ...], Field(examples=[[{"name": "ca", "path": "/srv/ca", "configMap": "company-ca"}]])
    ] = ()
    """Existing claims, ConfigMaps and Secrets of the hub's namespace that are mounted in the hub."""
    egress: Annotated[tuple[Destination, ...], Field(examples=[[_LDAP]])] = ()
    """Further destinations of the hub's connections, with `network.policies`: a directory for `auth.type: custom`, for
    example. It reaches what other settings name, and port 443 of every address."""
    ingress: Annotated[tuple[Pods, ...], Field(examples=[[_PROMETHEUS]])] = ()
    """Pods that may connect to the hub directly, with `network.policies`: those that read its metrics, for example.
    Proxy and notebooks always may, and browsers reach it through the proxy."""

    @property
    def path(self) -> str:
        """Begin of all paths of its URLs, without `/` at the end: empty, or `/jupyter`."""
        return self.base_url.rstrip("/")
