"""The content of `hub.json` in tests of the hub."""

from collections.abc import Callable

from traitlets.config import Config

from hub.contract import Bounds, GitHub, HubConfig, NamedServers, SignIn
from hub.contract_content import ContentSettings
from hub.contract_monitoring import Monitoring
from hub.contract_pages import Pages
from hub.contract_pod import PodSettings

LoadConfig = Callable[[HubConfig], Config]
"""The fixture `load_config`: from a `hub.json` to JupyterHub's configuration."""

HUB_CONFIG = HubConfig(
    base_url="/",
    hub_connect_url="http://tf-hub-api.jupyterhub:8081",
    proxy_api_url="http://tf-hub-proxy-api:8001",
    database_url="sqlite:////var/lib/jupyterhub/jupyterhub.sqlite",
    notebooks_namespace="jupyterhub-notebooks",
    owner_uid="6f2f3c9e-8a51-4a6e-9f0e-0d6b8a9f1c11",
    default_service_account="notebooks",
    service_accounts=(),
    sign_in=SignIn(
        type="dummy",
        allowed_users=(),
        admin_users=(),
        blocked_users=(),
        allow_all=False,
        auto_login=False,
        session_hours=168,
        callback_url="http://127.100.0.10/hub/oauth_callback",
        github=GitHub(
            url="https://github.com",
            organizations=("physics", "maths:staff"),
            groups=(),
            admin_teams=(),
            recheck_minutes=5,
        ),
        oidc=None,
        lti=None,
        iap=None,
        custom_class=None,
        custom_traits={},
    ),
    choices=(),
    free_choice=False,
    image="registry.example/foo/notebook:1.0.0",
    images=("quay.io/jupyter/scipy-notebook:2026-01-05",),
    allowed_images=("quay.io/jupyter/*",),
    remote_repositories={},
    cpu=Bounds(default=0.5, min=0.1, max=4),
    memory=Bounds(default=2**30, min=2**28, max=2**33),
    additional_resources={"nvidia.com/gpu": 2},
    named_servers=NamedServers(limit=0, shares_home=False, on_one_node=False),
    sharing=False,
    content=ContentSettings(repositories=(), files={}, files_config_map=None, start_script="", kernel_idle_minutes=0),
    pod=PodSettings(
        image_pull_policy=None,
        image_pull_secrets=(),
        default_url="/lab",
        command=(),
        home_path="/home/jovyan",
        user=1000,
        group=100,
        node_selector={},
        tolerations=(),
        memory_limit_percent=100,
        labels={},
        annotations={},
    ),
    ephemeral_storage=10 * 2**30,
    ephemeral_storage_request=2**28,
    home_size="10Gi",
    home_storage_class=None,
    keep_homes=True,
    start_timeout_seconds=600,
    idle_minutes=60,
    count_open_tabs=True,
    max_hours=0,
    accelerator=None,
    replace_guard=False,
    environment={},
    secret_environment={},
    sign_in_token=False,
    shared_memory=None,
    scratch=None,
    folders=(),
    concurrent_starts=100,
    active_servers=0,
    spare=(),
    services=(),
    roles=(),
    groups={},
    pages=Pages(organization=None, organization_url=None, help=None, logo=None, css=None, terms=None),
    monitoring=Monitoring(metrics=False, usage="groups", groups=(), public_url=None, logs="text"),
    extra_config=False,
)
"""That of a hub with the default settings, two images, GPUs, and sign-in without passwords."""
