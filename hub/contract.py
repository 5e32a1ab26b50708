"""The contract between the Pulumi program, which writes `hub.json`, and the hub pod, which reads it.

It holds no secrets: those reach the hub as environment variables.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

NODE_PURPOSE: Final = "hub.jupyter.org/node-purpose"
"""Label of nodes, as JupyterHub's Helm chart has it: `core` for hub and proxy, `user` for notebooks."""

DEDICATED: Final = "hub.jupyter.org/dedicated"
"""Taint of nodes that only notebooks may use, with the value `user`; from the Helm chart too."""

ACCELERATOR: Final = "cloud.google.com/gke-accelerator"
"""Label of nodes of GKE with the type of their GPUs. Autopilot makes such a node for a pod that selects it."""

GPU: Final = "nvidia.com/gpu"
"""The resource as which Kubernetes counts GPUs."""

DATABASE_URL_VARIABLE: Final = "JUPYTERHUB_DATABASE_URL"
"""The environment variable with the URL of a database that takes a password."""


class Bound(BaseModel):
    """Default and limits of one number that people may choose. CPUs for `cpu`, bytes for `memory`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: float
    """What an empty field means."""
    min: float
    """The least that may be chosen."""
    max: float
    """The most that may be chosen."""


class GitHub(BaseModel):
    """Sign-in with GitHub."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    """GitHub, or a GitHub Enterprise Server, without `/` at the end."""
    organizations: tuple[str, ...]
    """Organizations `org` and teams `org:team` whose members may sign in."""
    groups: tuple[str, ...]
    """Those, or others, whose members the hub keeps as groups of its own."""
    recheck_minutes: int
    """Minutes after which somebody's right to be here is asked for again; 0 is never."""


class Iap(BaseModel):
    """Sign-in with Google's Identity-Aware Proxy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    audience: str
    """For whom its word is: `/projects/<number>/global/backendServices/<id>`, or without `<id>` for any."""
    decides: bool
    """Whether everybody whom it lets in may be here; else only people by name."""


class SignIn(BaseModel):
    """How people sign in, and who may. Passwords and the like come as environment variables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["github", "iap", "dummy", "shared-password", "native", "custom"]
    """`dummy`: any name, any password. `shared-password`: one password for all. `native`: people sign up."""
    allowed_users: tuple[str, ...]
    """People who may sign in. None: all whom the rest lets in."""
    admin_users: tuple[str, ...]
    """People who may sign in and are admins; nobody else is."""
    blocked_users: tuple[str, ...]
    """People who may not sign in, whatever else lets them in."""
    anyone: bool
    """Whether it is meant that strangers get in."""
    session_hours: int
    """Hours after which people have to sign in again."""
    callback_url: str | None
    """Where an OAuth provider sends people back to; None where the hub has to tell from the request."""
    github: GitHub
    """For `github`."""
    iap: Iap | None
    """For `iap`."""
    custom_class: str | None
    """Path of the authenticator's class, for `custom`."""
    custom_traits: dict[str, JsonValue]
    """Values of that class's traits."""


class Account(BaseModel):
    """A ServiceAccount that the notebooks of some people run as, and not as `HubConfig.owner_name`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """Its name, in `HubConfig.notebooks_namespace`."""
    users: tuple[str, ...]
    """People by name."""
    groups: tuple[str, ...]
    """Groups, as in `GitHub.groups`. A name counts before a group, and of several accounts the first."""


class HubConfig(BaseModel):
    """All that the hub needs to know about the stack that it belongs to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hub_connect_url: str
    """Where proxy and notebooks reach the hub, such as `http://tf-hub-0.jupyterhub:8081`."""
    proxy_api_url: str
    """Where the hub reaches the proxy's API, such as `http://tf-hub-proxy-api:8001`."""
    database_url: str | None
    """SQLAlchemy URL of the hub's database, such as `sqlite:////var/lib/jupyterhub/jupyterhub.sqlite`; None is that it
    is secret, and in the environment as `DATABASE_URL_VARIABLE`."""
    notebooks_namespace: str
    """Kubernetes namespace in which the notebooks run."""
    owner_uid: str
    """UID of the ServiceAccount that owns every notebook pod, so that the pods go when it goes."""
    owner_name: str
    """Name of that ServiceAccount, in `notebooks_namespace`; the pods run as it, too, if `accounts` has no other."""
    accounts: tuple[Account, ...]
    """What the pods of some people run as."""
    sign_in: SignIn
    """How people sign in, and who may."""
    image: str
    """Notebook image that the form starts with."""
    images: tuple[str, ...]
    """Further notebook images that the form proposes."""
    allowed_images: tuple[str, ...]
    """Patterns (fnmatch over the whole reference) of other images that may be typed."""
    cpu: Bound
    """CPUs of a notebook."""
    memory: Bound
    """Memory of a notebook, in bytes."""
    additional_resources: dict[str, int]
    """Extended resources that may be asked for, such as `nvidia.com/gpu`, with the largest number of each."""
    home_size: str
    """Size of each user's home volume, a Kubernetes quantity such as `10Gi`."""
    home_storage_class: str | None
    """StorageClass of the home volumes; None is the cluster's default."""
    keep_homes: bool
    """Whether a home volume outlives the removal of its user."""
    start_timeout_seconds: int
    """How long a notebook may take to start, in seconds."""
    idle_minutes: int
    """Minutes without activity after which a notebook is stopped; 0 is never."""
    own_nodes: bool
    """Whether there are nodes just for notebooks, with the label and the taint that the Helm chart gives them too."""
    accelerator: str | None
    """GPU type, as nodes of GKE are labelled, for whoever asks for a GPU; None is any."""
    extra_config: bool
    """Whether the operator's own `extra_config.py` lies beside `jupyterhub_config.py`."""
