"""The hub's code and configuration, as the pod sees them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.gke import storage
from components.metadata import labels
from components.rbac import NOTEBOOKS_ACCOUNT, account_of
from hub import contract
from hub.contract import GitHub, HubConfig, Iap, NotebookServiceAccount, SignIn
from settings import Bounds, Settings
from settings.types import quantity
from settings.types.addresses import callback_of

SOURCES: Final = Path(__file__).parent.parent / "hub"
"""The folder whose Python and HTML files run in the hub pod."""

_SOME_AUDIENCE: Final = "/projects/0/global/backendServices/"
"""Stands for the audience of IAP where that is not known yet."""

CODE_FOLDER: Final = "/etc/jupyterhub/hub"
"""Where the files are in the hub pod."""

_AUTHORITIES: Final = "database-authorities.pem"
AUTHORITIES_PATH: Final = f"{CODE_FOLDER}/{_AUTHORITIES}"
"""Where the hub finds the authorities of a database that the stack makes."""

DATABASE_FOLDER: Final = "/var/lib/jupyterhub"
"""Where the database's volume is mounted in the hub pod."""


@dataclass(frozen=True, kw_only=True)
class HubUrls:
    """Addresses inside of the cluster. They follow from the settings."""

    hub: str
    """Where proxy and notebooks reach the hub."""
    proxy_api: str
    """Where the hub reaches the proxy's API."""


def files(settings: Settings, urls: HubUrls, *, owner_uid: str) -> dict[str, str]:
    """Returns the files that the hub's pod finds in its configuration folder, by name.

    Args:
        settings: The stack's settings.
        urls: See there.
        owner_uid: UID of the ServiceAccount that owns the notebooks' pods.
    """
    return {
        **_sources(settings),
        "hub.json": _render(
            settings,
            urls,
            _Known(
                owner_uid=owner_uid,
                public_url=settings.public_url,
                iap_audience=_SOME_AUDIENCE,
                home_storage_class=storage.class_of_homes(settings),
            ),
        ),
    }


@dataclass(frozen=True, kw_only=True)
class HubConfigMapArgs:
    """Inputs of `HubConfigMap`."""

    settings: Settings
    """The stack's settings; those that the hub needs go into `hub.json`."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""
    urls: HubUrls
    """Who reaches whom where."""
    owner_uid: pulumi.Input[str]
    """UID of the ServiceAccount that owns the notebooks' pods."""
    public_url: pulumi.Input[str] | None
    """Where people reach the hub; none = the hub tells from their requests."""
    iap_audience: pulumi.Input[str] | None
    """For whom the word of Google's Identity-Aware Proxy is; none = people sign in otherwise."""
    home_storage_class: pulumi.Input[str] | None
    """StorageClass of new homes; none = the cluster's default."""
    database_authorities: pulumi.Input[str] | None
    """Certificates (PEM) of the authorities of a database that the stack makes; none = it makes none."""


class HubConfigMap(pulumi.ComponentResource):
    """The files of `hub/`, unchanged, and `hub.json`, in a ConfigMap that Pulumi names.

    Another content is another name, and so a new hub pod; the old ConfigMap goes once the new pod is ready. It holds no
    secrets.
    """

    config_map_name: pulumi.Output[str]
    """Name of the ConfigMap."""

    def __init__(self, name: str, args: HubConfigMapArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:hub_config:HubConfigMap", name, None, opts)
        config = pulumi.Output.all(args.owner_uid, args.public_url, args.iap_audience, args.home_storage_class).apply(
            lambda known: _render(args.settings, args.urls, _Known(*known))
        )
        authorities = {} if args.database_authorities is None else {_AUTHORITIES: args.database_authorities}
        config_map = core.ConfigMap(
            f"{name}-files",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(args.settings, "hub")),
            immutable=True,
            data={**_sources(args.settings), **authorities, "hub.json": config},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_map_name = config_map.metadata.name
        self.register_outputs({"config_map_name": self.config_map_name})


def _sources(settings: Settings) -> dict[str, str]:
    """The files to ship, byte for byte: `read_text` would change line ends."""
    files = sorted(path for path in SOURCES.iterdir() if path.suffix in {".py", ".html"})
    own = settings.hub.extra_config
    return {path.name: path.read_bytes().decode() for path in files} | ({} if own is None else {"extra_config.py": own})


class _Known(NamedTuple):
    """What the hub has to know that the settings do not say. The fields are those of `HubConfigMapArgs`."""

    owner_uid: str
    public_url: str | None
    iap_audience: str | None
    home_storage_class: str | None


def _render(settings: Settings, urls: HubUrls, known: _Known) -> str:
    """The same text for the same settings, in lines, so that a preview shows what changes."""
    notebook = settings.notebook
    config = HubConfig(
        hub_connect_url=urls.hub,
        proxy_api_url=urls.proxy_api,
        # Any other has a password in its URL, which is for the hub's Secret.
        database_url=f"sqlite:///{DATABASE_FOLDER}/jupyterhub.sqlite" if settings.database.type == "sqlite" else None,
        notebooks_namespace=settings.notebooks_namespace,
        owner_uid=known.owner_uid,
        default_service_account=NOTEBOOKS_ACCOUNT,
        service_accounts=tuple(
            NotebookServiceAccount(name=account_of(entry), users=entry.users, groups=entry.organizations)
            for entry in settings.identity.notebooks
        ),
        sign_in=_sign_in(settings, known.public_url, known.iap_audience),
        image=notebook.image,
        images=notebook.images,
        allowed_images=notebook.allowed_images,
        cpu=_bound(notebook.cpu),
        memory=_bound(notebook.memory),
        additional_resources=dict(sorted(notebook.additional_resources.items())),
        home_size=notebook.storage.size,
        home_storage_class=known.home_storage_class,
        keep_homes=notebook.keep_homes,
        start_timeout_seconds=notebook.start_timeout_seconds,
        idle_minutes=notebook.idle_minutes,
        dedicated_nodes=settings.cluster.makes_nodes,
        accelerator=notebook.accelerator,
        extra_config=settings.hub.extra_config is not None,
    )
    return config.model_dump_json(indent=2) + "\n"


def _sign_in(settings: Settings, public_url: str | None, iap_audience: str | None) -> SignIn:
    auth, github = settings.auth, settings.github
    return SignIn(
        type=auth.type,
        allowed_users=auth.allowed_users,
        admin_users=auth.admin_users,
        blocked_users=auth.blocked_users,
        allow_all=auth.allow_anyone_from_the_internet,
        session_hours=auth.session_hours,
        callback_url=None if public_url is None else callback_of(public_url),
        github=GitHub(
            url=github.url,
            organizations=github.organizations,
            groups=tuple(
                dict.fromkeys(group for entry in settings.identity.notebooks for group in entry.organizations)
            ),
            recheck_minutes=github.recheck_minutes,
        ),
        iap=(
            Iap(audience=iap_audience, allow_all=bool(settings.iap.members))
            if auth.type == "iap" and iap_audience is not None
            else None
        ),
        custom_class=auth.custom_class,
        custom_traits=dict(auth.custom_traits),
    )


def _bound(bounds: Bounds) -> contract.Bounds:
    default, least, most = (float(quantity.parse(text)) for text in (bounds.default, bounds.min, bounds.max))
    return contract.Bounds(default=default, min=least, max=most)
