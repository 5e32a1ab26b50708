"""The contract between the Pulumi program, which writes `hub.json`, and the hub pod, which reads it.

It holds no secrets: they reach the hub as environment variables. Everything else that both sides must agree on is here,
too: names of variables, ports, labels and taints of nodes.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import JsonValue  # noqa: TC002 Pydantic needs it

from hub.contract_choices import Choice  # noqa: TC001 Pydantic needs it
from hub.contract_content import ContentSettings  # noqa: TC001 Pydantic needs it
from hub.contract_folders import Folder, Scratch  # noqa: TC001 Pydantic needs it
from hub.contract_lti import Lti  # noqa: TC001 Pydantic needs it
from hub.contract_monitoring import Monitoring  # noqa: TC001 Pydantic needs it
from hub.contract_oidc import Oidc  # noqa: TC001 Pydantic needs it
from hub.contract_pages import Pages  # noqa: TC001 Pydantic needs it
from hub.contract_part import Part
from hub.contract_pod import PodSettings  # noqa: TC001 Pydantic needs it
from hub.contract_services import Role, Service  # noqa: TC001 Pydantic needs it
from hub.contract_spare import Spare  # noqa: TC001 Pydantic needs it

PROXY_TOKEN_VARIABLE: Final = "CONFIGPROXY_AUTH_TOKEN"  # noqa: S105 the name of a variable
"""Environment variable with the token of the proxy's API, in the pods of hub and proxy."""

COOKIE_SECRET_VARIABLE: Final = "JPY_COOKIE_SECRET"  # noqa: S105 the name of a variable
"""Environment variable with the key that JupyterHub signs cookies with."""

CRYPT_KEY_VARIABLE: Final = "JUPYTERHUB_CRYPT_KEY"
"""Environment variable with the keys that JupyterHub encrypts `auth_state` with, separated by `;`, the newest first."""

DATABASE_URL_VARIABLE: Final = "JUPYTERHUB_DATABASE_URL"
"""Environment variable with the URL of a database that takes a password."""

USER_PASSWORD_VARIABLE: Final = "JUPYTERHUB_USER_PASSWORD"  # noqa: S105 the name of a variable
"""Environment variable with the password of all users, for `shared-password`."""

ADMIN_PASSWORD_VARIABLE: Final = "JUPYTERHUB_ADMIN_PASSWORD"  # noqa: S105 the name of a variable
"""Environment variable with the password of admins (`shared-password`), or for their sign-up (`native`)."""

CLIENT_ID_VARIABLE: Final = "GITHUB_CLIENT_ID"
"""Environment variable with the OAuth client ID. No code in `hub/` reads it: OAuthenticator does."""

CLIENT_SECRET_VARIABLE: Final = "GITHUB_CLIENT_SECRET"  # noqa: S105 the name of a variable
"""Environment variable with the OAuth client secret. No code in `hub/` reads it: OAuthenticator does."""

OIDC_ID_VARIABLE: Final = "OIDC_CLIENT_ID"
"""Environment variable with the client ID at the OpenID provider. OAuthenticator reads it."""

OIDC_SECRET_VARIABLE: Final = "OIDC_CLIENT_SECRET"  # noqa: S105 the name of a variable
"""Environment variable with the client secret at the OpenID provider. OAuthenticator reads it."""

PROXY_PORT: Final = 8000
"""Container port on which the proxy serves users; https if it has a certificate."""

PROXY_API_PORT: Final = 8001
"""Container port of the proxy's API, which the hub calls."""

HUB_PORT: Final = 8081
"""Container port of the hub's pages and API, for proxy and notebooks."""

NOTEBOOK_PORT: Final = 8888
"""Container port of notebook servers, for proxy and hub."""

IDENTITY_LABEL: Final = "jupyterhub-on-gke/identity"
"""Label of the pods of users who have a ServiceAccount of their own, with its name. They reach the metadata server."""

NODE_PURPOSE: Final = "hub.jupyter.org/node-purpose"
"""Node label, as in JupyterHub's Helm chart: `core` for hub and proxy, `user` for notebooks."""

USER: Final = "user"
"""Value of `NODE_PURPOSE` and `DEDICATED` of nodes for notebooks."""

DEDICATED: Final = "hub.jupyter.org/dedicated"
"""Node taint with the value `user`, as in JupyterHub's Helm chart: only notebooks run there."""

ACCELERATOR: Final = "cloud.google.com/gke-accelerator"
"""GKE's node label with the GPU type. Autopilot creates such a node for a pod that selects it."""

EPHEMERAL_STORAGE: Final = "ephemeral-storage"
"""Kubernetes' name of the storage of containers and logs."""

GPU_RESOURCE: Final = "nvidia.com/gpu"
"""Extended resource of NVIDIA GPUs; also the key of GKE's taint on nodes that have them."""

PERSON_FIELDS: Final = ("username", "unescaped_username", "servername")
"""Fields in braces, such as `{username}`, in values of notebook servers, with KubeSpawner's names. The first and the
last are safe in names and paths, and no two people have the same."""

GROUP_FIELD: Final = "group"
"""Field in the paths of a folder that is mounted once for each group of a user."""


class Bounds(Part):
    """Default and limits of one number that users may choose: CPUs for `cpu`, bytes for `memory`."""

    default: float
    """Value of an empty field."""
    min: float
    """Smallest value."""
    max: float
    """Largest value."""


class GitHub(Part):
    """Sign-in with GitHub."""

    url: str
    """URL of GitHub or of a GitHub Enterprise Server, without `/` at the end."""
    organizations: tuple[str, ...]
    """Organizations `org` and teams `org:team` whose members may sign in."""
    groups: tuple[str, ...]
    """Organizations and teams that the hub keeps as JupyterHub groups. They do not decide who may sign in."""
    admin_teams: tuple[str, ...]
    """Teams and organizations whose members may sign in and are admins. They are kept as groups, too."""
    recheck_minutes: int
    """Minutes after which the authorization of a signed-in user is checked again; 0 is never."""


class Iap(Part):
    """Sign-in with Google's Identity-Aware Proxy (IAP)."""

    audience: str
    """Expected `aud` claim: `/projects/<number>/global/backendServices/<id>`, or without `<id>` for any backend
    service of the project."""
    allow_all: bool
    """Whether every user that IAP lets through is authorized; else only the users in the lists."""


class SignIn(Part):
    """The authenticator, and the authorized users. Passwords and client secrets are environment variables."""

    type: Literal["github", "oidc", "lti", "iap", "dummy", "shared-password", "native", "custom"]
    """`dummy`: any name, any password. `shared-password`: one password for all. `native`: users sign up."""
    allowed_users: tuple[str, ...]
    """Users who may sign in. Empty: everyone that the other fields authorize."""
    admin_users: tuple[str, ...]
    """Users who may sign in and are admins. Nobody else is, but members of `GitHub.admin_teams` and
    `Oidc.admin_groups`, and holders of `Lti.admin_roles`."""
    blocked_users: tuple[str, ...]
    """Users who may not sign in, whatever else authorizes them."""
    allow_all: bool
    """Whether everybody with an account may sign in (`github`, `oidc` and `custom`)."""
    auto_login: bool
    """Whether the first page leads to the provider at once (`github`, `oidc` and `custom`)."""
    session_hours: int
    """Lifetime of a session in hours."""
    callback_url: str | None
    """OAuth callback URL; None: the hub derives it from the request."""
    github: GitHub
    """For `github`."""
    oidc: Oidc | None
    """For `oidc`."""
    lti: Lti | None
    """For `lti`."""
    iap: Iap | None
    """For `iap`."""
    custom_class: str | None
    """Import path of the authenticator class, for `custom`."""
    custom_traits: dict[str, JsonValue]
    """Values of that class's traits."""


class NotebookServiceAccount(Part):
    """A ServiceAccount for the notebooks of some users, in place of `HubConfig.default_service_account`."""

    name: str
    """Name of the ServiceAccount, in `HubConfig.notebooks_namespace`."""
    users: tuple[str, ...]
    """Names of users."""
    groups: tuple[str, ...]
    """Names of groups of the hub. Users take precedence over groups; the first match wins."""


class NamedServers(Part):
    """Further servers of a user, beside the default one."""

    limit: int
    """Maximum number for each user; 0 is none."""
    shares_home: bool
    """Whether they have the home of the default server, and not one of their own."""
    on_one_node: bool
    """Whether all servers of a user run on one node, as their home is a disk."""


class SecretKey(Part):
    """A value in a Secret of `HubConfig.notebooks_namespace`."""

    secret: str
    """Name of the Secret."""
    key: str
    """Key of the value."""


class HubConfig(Part):
    """The content of `hub.json`."""

    base_url: str
    """Path of the hub on its site, with `/` at both ends: `/`, or `/jupyter/`."""
    hub_connect_url: str
    """URL at which proxy and notebooks reach the hub, such as `http://tf-hub-api.jupyterhub:8081`."""
    proxy_api_url: str
    """URL of the proxy's API, such as `http://tf-hub-proxy-api:8001`."""
    database_url: str | None
    """SQLAlchemy URL of the hub's database, such as `sqlite:////var/lib/jupyterhub/jupyterhub.sqlite`; None: it is
    secret, and in `DATABASE_URL_VARIABLE`."""
    notebooks_namespace: str
    """Namespace of the notebooks."""
    owner_uid: str
    """UID of the ServiceAccount that owns all notebook pods: they are deleted when it is."""
    default_service_account: str
    """Name of that ServiceAccount, in `notebooks_namespace`. Default for notebooks."""
    service_accounts: tuple[NotebookServiceAccount, ...]
    """ServiceAccounts for the notebooks of some users."""
    sign_in: SignIn
    """The authenticator, and the authorized users."""
    image: str
    """Default notebook image."""
    images: tuple[str, ...]
    """Further notebook images that the form offers."""
    allowed_images: tuple[str, ...]
    """`fnmatch` patterns over the whole reference of other images that may be typed."""
    remote_repositories: dict[str, str]
    """By host of a registry, such as `quay.io`, the repository through which its images are pulled."""
    cpu: Bounds
    """CPUs of a notebook."""
    memory: Bounds
    """Memory of a notebook, in bytes."""
    additional_resources: dict[str, int]
    """Extended resources that may be chosen, such as `nvidia.com/gpu`, each with its largest number."""
    named_servers: NamedServers
    """Further servers of a user."""
    sharing: bool
    """Whether users may let others use their servers."""
    content: ContentSettings
    """What each home and server gets of the stack."""
    pod: PodSettings
    """What images need of their pods."""
    ephemeral_storage: int
    """Bytes of a notebook's files outside of the home: the limit."""
    ephemeral_storage_request: int
    """Bytes of them that a node must have free to start a notebook."""
    home_size: str
    """Size of each user's home volume, a Kubernetes quantity such as `10Gi`."""
    home_storage_class: str | None
    """StorageClass of the home volumes; None: the cluster's default."""
    keep_homes: bool
    """Whether a home volume is kept when its user is deleted."""
    start_timeout_seconds: int
    """Timeout in seconds for the start of a notebook."""
    idle_minutes: int
    """Minutes without activity after which a notebook is stopped; 0 is never."""
    count_open_tabs: bool
    """Whether requests of browsers are activity."""
    max_hours: int
    """Hours after its start after which a notebook is stopped, even if it is in use; 0 is never. A choice may have
    less."""
    accelerator: str | None
    """GPU type, a value of the label `ACCELERATOR`, for notebooks with GPUs; None: any."""
    environment: dict[str, str]
    """Environment variables of notebook servers, with `PERSON_FIELDS` in their values."""
    secret_environment: dict[str, SecretKey]
    """Environment variables of notebook servers with values from Secrets."""
    sign_in_token: bool
    """Whether servers may ask the hub for the access token of their user's sign-in."""
    shared_memory: str | None
    """Size of `/dev/shm`, a Kubernetes quantity; None: that of the container runtime."""
    scratch: Scratch | None
    """Scratch space of each notebook server; None: none."""
    folders: tuple[Folder, ...]
    """Folders beside the home."""
    concurrent_starts: int
    """Maximum number of servers that are starting at the same time; 0: no limit."""
    active_servers: int
    """Maximum number of servers at the same time; 0: no limit."""
    spare: tuple[Spare, ...]
    """Spare capacity that changes with the time."""
    services: tuple[Service, ...]
    """Services of the hub, beside the idle culler."""
    roles: tuple[Role, ...]
    """Roles."""
    groups: dict[str, tuple[str, ...]]
    """Users by group, added when the hub starts."""
    pages: Pages
    """Content of all pages."""
    monitoring: Monitoring
    """Metrics of the hub's own, and the form of its log."""
    extra_config: bool
    """Whether there is an `extra_config.py`, the operator's own, beside `jupyterhub_config.py`."""
    replace_guard: bool
    """Whether `extra_config.py` may replace the checks of what people start. Read in previews only."""
    choices: tuple[Choice, ...]
    """Servers that people can choose. Empty: only the free form."""
    free_choice: bool
    """Whether the free form is offered beside the choices."""

    @property
    def stops_servers(self) -> bool:
        """Whether the hub stops servers by itself."""
        return bool(self.idle_minutes or self.max_hours or any(choice.max_hours for choice in self.choices))
