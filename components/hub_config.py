"""The ConfigMap with the hub's code and configuration, and the check of both."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

import config_check
import settings as of_stack
from components import folders, hub_secret, notebook_files, service_names
from components.gke.platform import Platform
from components.gke.remote_repositories import remote_repositories
from components.gke.storage_classes import home_storage_class, scratch_storage_class
from components.hub_paths import DATABASE_CA_FILE, DATABASE_FOLDER
from components.metadata import labels
from components.notebook_choices import notebook_choices
from components.notebook_files import NotebookFiles
from components.notebook_nodes import node_selector, tolerations
from components.notebook_secret import secret_keys
from components.notebook_storage import ephemeral_storage, ephemeral_storage_request
from components.rbac import DEFAULT_SERVICE_ACCOUNT, service_account_name
from components.sign_in import sign_in
from components.spare_servers import scaled_by_hub
from hub import contract, contract_services
from hub.contract import PROXY_TOKEN_VARIABLE, HubConfig, NotebookServiceAccount
from hub.contract_content import ContentSettings, Repository
from hub.contract_monitoring import Monitoring
from hub.contract_pages import PAGES_FOLDER, Pages
from hub.contract_pod import PodSettings
from settings import Bounds, Settings, logo_file, quantity

HUB_FOLDER: Final = Path(__file__).parent.parent / "hub"
"""The folder with the Python, HTML and JavaScript files of the hub's pod."""

_EXAMPLE_AUDIENCE: Final = "/projects/0/global/backendServices/"
"""IAP audience for the check, in which the project number is not resolved."""


def hub_files(settings: Settings) -> dict[str, str]:
    """Return the files of the ConfigMap by name, with example values for what only the cluster knows."""
    resolved = _Resolved(
        owner_uid="00000000-0000-0000-0000-000000000000",
        public_url=settings.url,
        iap_audience=_EXAMPLE_AUDIENCE,
        home_storage_class=home_storage_class(settings),
        files_config_map="example" if settings.notebook.files else None,
        scratch_storage_class=scratch_storage_class(settings),
    )
    return {**_sources(settings), "hub.json": _render(settings, resolved)}


def checked(settings: Settings) -> AbstractContextManager[None]:
    """Check the hub's configuration in a child process while the block runs; see `config_check.running`.

    Raises:
        pulumi.RunError: All mistakes in `hub/` and `hub.extraConfig`, at the end of the block.
    """
    variables = [PROXY_TOKEN_VARIABLE, *hub_secret.variables(settings)]
    return config_check.running(
        hub_files(settings),
        [*variables, *settings.hub.secret_key_refs],
        config_check.Own(settings.hub.environment, settings.pages.templates, settings.hub.packages),
        line_names={
            "hub/extra_config.py": "hub.extraConfig",
            **{f"{PAGES_FOLDER}/{name}": f"pages.templates.{name}" for name in settings.pages.templates},
        },
        setting_names={"hub/roles.py": "hub.roles and hub.services", "hub/services.py": "hub.services"},
    )


@dataclass(frozen=True, kw_only=True)
class HubConfigMapArgs:
    """Inputs of `HubConfigMap`."""

    settings: Settings
    """The stack's settings, from which `hub.json` follows."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""
    owner_uid: pulumi.Input[str]
    """UID of the ServiceAccount that owns the notebooks' pods."""
    notebook_files: NotebookFiles | None
    """Files of the notebooks, if there are any."""
    platform: Platform
    """Public URL, IAP, StorageClass of homes, and CA certificates of the database."""


class HubConfigMap(pulumi.ComponentResource):
    """An auto-named ConfigMap with the files of `hub/`, unchanged, and `hub.json`. It holds no secrets.

    A change makes a new ConfigMap, and so rolls the hub's pod; the old one is deleted once the new pod is ready.
    """

    config_map_name: pulumi.Output[str]
    """Name of the ConfigMap."""

    def __init__(self, name: str, args: HubConfigMapArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:hub_config:HubConfigMap", name, None, opts)
        platform = args.platform
        config = pulumi.Output.all(
            owner_uid=args.owner_uid,
            public_url=platform.public_url,
            iap_audience=platform.iap.audience if platform.iap else None,
            home_storage_class=platform.home_storage_class,
            files_config_map=args.notebook_files.config_map_name if args.notebook_files else None,
            scratch_storage_class=platform.scratch_storage_class,
        ).apply(lambda values: _render(args.settings, _Resolved(**values)))
        database_ca = {DATABASE_CA_FILE: platform.database.ca_certificates} if platform.database else {}
        config_map = core.ConfigMap(
            f"{name}-files",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(args.settings, "hub")),
            immutable=True,
            data={**_sources(args.settings), **database_ca, "hub.json": config},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_map_name = config_map.metadata.name
        self.register_outputs({"config_map_name": self.config_map_name})


def _sources(settings: Settings) -> dict[str, str]:
    """Return the files of `hub/`, byte for byte: `read_text` would change line ends."""
    files = sorted(path for path in HUB_FOLDER.iterdir() if path.suffix in {".py", ".html", ".js"})
    own = settings.hub.extra_config
    return {path.name: path.read_bytes().decode() for path in files} | ({} if own is None else {"extra_config.py": own})


class _Resolved(NamedTuple):
    """Values of `hub.json` that the settings do not contain, once they are resolved."""

    owner_uid: str
    public_url: str | None
    iap_audience: str | None
    home_storage_class: str | None
    files_config_map: str | None
    scratch_storage_class: str | None


def _render(settings: Settings, resolved: _Resolved) -> str:
    """JSON in lines, always the same for the same settings, so that a preview shows the difference."""
    notebook = settings.notebook
    shares_home = notebook.named_servers.max > 0 and notebook.named_servers.home == "shared"
    config = HubConfig(
        base_url=f"{settings.hub.path}/",
        hub_connect_url=service_names.hub_url(settings),
        proxy_api_url=service_names.proxy_api_url(settings),
        # Other databases have a password in their URL, which belongs into the hub's Secret.
        database_url=f"sqlite:///{DATABASE_FOLDER}/jupyterhub.sqlite" if settings.database.type == "sqlite" else None,
        notebooks_namespace=settings.notebooks_namespace,
        owner_uid=resolved.owner_uid,
        default_service_account=DEFAULT_SERVICE_ACCOUNT,
        service_accounts=tuple(
            NotebookServiceAccount(
                name=service_account_name(entry), users=entry.users, groups=(*entry.organizations, *entry.groups)
            )
            for entry in settings.identity.notebooks
        ),
        sign_in=sign_in(settings, resolved.public_url, resolved.iap_audience),
        choices=notebook_choices(settings),
        free_choice=notebook.free_choice,
        image=notebook.image,
        images=notebook.images,
        allowed_images=notebook.allowed_images,
        remote_repositories=remote_repositories(settings),
        cpu=_bound(notebook.cpu),
        memory=_bound(notebook.memory),
        additional_resources=dict(sorted(notebook.additional_resources.items())),
        named_servers=contract.NamedServers(
            limit=notebook.named_servers.max,
            shares_home=shares_home,
            # Filestore shares can be mounted on several nodes.
            on_one_node=shares_home and notebook.storage.disk != "filestore",
        ),
        sharing=notebook.sharing,
        content=_content(settings, resolved.files_config_map),
        pod=_pod(settings),
        ephemeral_storage=ephemeral_storage(settings),
        ephemeral_storage_request=ephemeral_storage_request(settings),
        home_size=notebook.storage.size,
        home_storage_class=resolved.home_storage_class,
        keep_homes=notebook.keep_homes,
        start_timeout_seconds=notebook.start_timeout_seconds,
        idle_minutes=notebook.idle_minutes,
        count_open_tabs=notebook.count_open_tabs,
        max_hours=notebook.max_hours,
        accelerator=notebook.accelerator,
        replace_guard=settings.hub.replace_guard,
        environment=dict(sorted(notebook.environment.items())),
        secret_environment=secret_keys(settings),
        sign_in_token=notebook.sign_in_token,
        shared_memory=notebook.shared_memory,
        scratch=folders.scratch(settings, resolved.scratch_storage_class),
        folders=folders.offered(settings),
        services=tuple(_service(service) for service in settings.services),
        concurrent_starts=settings.hub.concurrent_starts,
        active_servers=settings.hub.active_servers,
        spare=tuple(spare.of_hub for spare in scaled_by_hub(settings)),
        roles=tuple(_role(role) for role in settings.hub.roles),
        groups=dict(sorted(settings.hub.groups.items())),
        pages=_pages(settings),
        monitoring=_monitoring(settings),
        extra_config=settings.hub.extra_config is not None,
    )
    return config.model_dump_json(indent=2) + "\n"


def _service(service: of_stack.Service) -> contract_services.Service:
    return contract_services.Service(
        name=service.name,
        url=service.url,
        display=service.display,
        redirect_url=service.redirect_url,
        skip_consent=service.skip_consent,
        scopes=service.scopes,
        sign_in_scopes=service.sign_in_scopes,
        from_notebooks=service.from_notebooks,
        users=service.users,
        groups=(*service.organizations, *service.groups),
    )


def _role(role: of_stack.Role) -> contract_services.Role:
    return contract_services.Role(
        name=role.name,
        description=role.description or "",
        scopes=role.scopes,
        users=role.users,
        groups=(*role.organizations, *role.groups),
        services=role.services,
    )


def _content(settings: Settings, files_config_map: str | None) -> ContentSettings:
    return ContentSettings(
        repositories=tuple(
            Repository(repository=entry.repository, branch=entry.branch, folder=entry.path)
            for entry in settings.notebook.content
        ),
        files=notebook_files.keys(settings),
        files_config_map=files_config_map,
        start_script=settings.notebook.start_script,
        kernel_idle_minutes=settings.notebook.kernel_idle_minutes,
    )


def _pod(settings: Settings) -> PodSettings:
    notebook = settings.notebook
    return PodSettings(
        image_pull_policy=notebook.image_pull_policy,
        image_pull_secrets=notebook.image_pull_secrets,
        default_url=notebook.default_url,
        command=notebook.command,
        home_path=notebook.home_path,
        user=notebook.run_as.user,
        group=notebook.run_as.group,
        node_selector=node_selector(settings),
        tolerations=tuple(one.model_dump(by_alias=True, exclude_none=True) for one in tolerations(settings)),
        memory_limit_percent=notebook.memory_limit_percent,
        labels=dict(sorted(notebook.labels.items())),
        annotations=dict(sorted(notebook.annotations.items())),
    )


def _pages(settings: Settings) -> Pages:
    pages = settings.pages
    return Pages(
        organization=pages.organization,
        organization_url=pages.organization_url,
        help=pages.help,
        logo=None if pages.logo is None else logo_file(pages.logo).name,
        css=pages.css,
        terms=pages.terms,
    )


def _monitoring(settings: Settings) -> Monitoring:
    monitoring = settings.monitoring
    return Monitoring(
        metrics=monitoring.has_metrics,
        usage=monitoring.usage,
        groups=(*monitoring.organizations, *monitoring.groups),
        public_url=settings.https_url,
        logs=monitoring.logs,
    )


def _bound(bounds: Bounds[str]) -> contract.Bounds:
    default, least, most = (float(quantity.parse(text)) for text in (bounds.default, bounds.min, bounds.max))
    return contract.Bounds(default=default, min=least, max=most)
