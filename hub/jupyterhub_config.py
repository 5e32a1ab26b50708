"""JupyterHub's configuration file, executed at the hub's start.

The stack's values are in `hub.json` beside this file, secrets in environment variables.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from hub import (
    choices,
    database,
    health,
    json_log,
    lifetime,
    limits,
    metrics,
    named_servers,
    old_records,
    outage,
    page_content,
    pages,
    pod_settings,
    roles,
    services,
    sign_in,
    sign_in_token,
    signing_out,
    start_limits,
    terms,
)
from hub.contract import (
    COOKIE_SECRET_VARIABLE,
    CRYPT_KEY_VARIABLE,
    DATABASE_URL_VARIABLE,
    HUB_PORT,
    NOTEBOOK_PORT,
    PROXY_PORT,
    PROXY_TOKEN_VARIABLE,
    HubConfig,
)
from hub.contract_services import token_variable
from hub.notebook_spawner import NotebookSpawner
from hub.notebook_start import command, environment
from hub.pod_guard import PodGuard
from hub.pod_settings import HOME_VOLUME
from hub.proxy import WatchedProxy
from hub.spawn_form import SpawnForm

if TYPE_CHECKING:
    from traitlets.config import Config

    # JupyterHub puts these into the file's globals. Functions of the same names in traitlets differ.

    def get_config() -> Config:
        """Return the configuration object."""
        ...

    def load_subconfig(fname: str, path: str) -> None:
        """Execute another configuration file, in the folder `path`."""
        ...


c = get_config()

# No tracebacks: the message is for the log of a hub that does not start.
try:
    hub_config = HubConfig.model_validate_json(Path(__file__).with_name("hub.json").read_bytes())
except (OSError, ValidationError) as error:
    sys.exit(f"hub.json, which `pulumi up` writes beside jupyterhub_config.py, is invalid. {error}")
needed = [PROXY_TOKEN_VARIABLE, COOKIE_SECRET_VARIABLE, CRYPT_KEY_VARIABLE]
if hub_config.database_url is None:
    needed.append(DATABASE_URL_VARIABLE)
needed += [token_variable(service.name) for service in hub_config.services]
if missing := [name for name in needed if not os.environ.get(name)]:
    sys.exit(f"Not set in the environment: {', '.join(missing)}. The hub's pod gets them from its Secret.")

# Addresses. Proxy and notebooks reach the hub by its Service's name, so the hub listens on all interfaces.
# The path is JupyterHub's base_url, below which all of its pages, servers and services are.
c.JupyterHub.bind_url = f"http://:{PROXY_PORT}{hub_config.base_url}"
c.JupyterHub.hub_bind_url = f"http://:{HUB_PORT}"
c.JupyterHub.hub_connect_url = hub_config.hub_connect_url

# Proxy. It is a separate Deployment, so that a restart of the hub does not disconnect notebooks.
c.JupyterHub.proxy_class = WatchedProxy
WatchedProxy.count_open_tabs = hub_config.count_open_tabs
WatchedProxy.spare = hub_config.spare
WatchedProxy.spare_namespace = hub_config.notebooks_namespace
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = hub_config.proxy_api_url
c.JupyterHub.cleanup_proxy = False
c.JupyterHub.cleanup_servers = False
# Seconds. Interval at which the hub reads the activity of notebooks from the proxy.
c.JupyterHub.last_activity_interval = 60
# A kept connection would lead to a proxy that is being replaced.
c.JupyterHubHTTPClient.connector_options = {"force_close": True}

# Seconds. A restarted hub serves its pages while it still checks the servers: some may be starting.
c.JupyterHub.init_spawners_timeout = 1

# Database.
database.configure(c, hub_config)

# Log and metrics. Without a token with the scope read:metrics nobody reads them.
json_log.configure(c, hub_config)
metrics.configure(hub_config)
c.JupyterHub.authenticate_prometheus = True

# Pages, what they say in an outage, and bounds on what is sent and stored.
health.configure(hub_config.notebooks_namespace)
pages.install()
signing_out.install()
outage.install()
limits.install()
old_records.install()
terms.configure(hub_config.pages.terms)
page_content.configure(c, hub_config.pages, Path(__file__).parent)
c.JupyterHub.template_vars |= {
    "lifetime": lifetime.sentences(hub_config),
    "named_servers": named_servers.sentences(hub_config.named_servers),
}
# Browsers send the hub's cookies with links, and not with images, frames and forms of other sites.
c.JupyterHub.tornado_settings = {"cookie_options": {"samesite": "Lax"}}

# Sign-in.
sign_in.configure(c, hub_config.sign_in)

# Notebook servers.
start_limits.configure(c, hub_config)
c.JupyterHub.spawner_class = NotebookSpawner
c.KubeSpawner.namespace = hub_config.notebooks_namespace
# The only port of servers that the NetworkPolicies open, for proxy and hub.
c.KubeSpawner.port = NOTEBOOK_PORT
pod_settings.configure(c, hub_config.pod)
c.KubeSpawner.cmd = command(hub_config.pod.command)
# NotebookSpawner adds its own variables. A dict, so that extraConfig may add items.
c.KubeSpawner.environment = {}
NotebookSpawner.own_environment = environment(hub_config)
NotebookSpawner.example_starts = choices.example_starts(hub_config)
NotebookSpawner.shares_home = hub_config.named_servers.shares_home
# If the container fails, its status has the last lines of its log: the hub needs no right to read logs.
c.KubeSpawner.extra_container_config = {"terminationMessagePolicy": "FallbackToLogsOnError"}
# Seconds until the server answers (image pull and new node included), and of these after its container runs.
c.KubeSpawner.start_timeout = hub_config.start_timeout_seconds
c.KubeSpawner.http_timeout = 60
# Seconds that a stopped server has to end. Jupyter interrupts computations, which may save their state, and waits 5 s
# for their kernels. A server that needs less ends earlier.
c.KubeSpawner.delete_grace_period = 30
# Kubernetes events on the progress page.
c.KubeSpawner.events_enabled = True
# The page itself shows for how long the present step lasts.
c.KubeSpawner.slow_spawn_message_threshold = 0
# Do not stop the hub when servers fail to start: users may choose images that do not work.
c.KubeSpawner.consecutive_failure_limit = 0

# Spawn form, and the check of the finished pod.
form = SpawnForm(hub_config)
c.KubeSpawner.options_form = form.options_form
c.KubeSpawner.options_from_form = form.options_from_form
c.KubeSpawner.apply_user_options = form.apply_user_options
c.KubeSpawner.modify_pod_hook = PodGuard(hub_config).modify_pod_hook
c.KubeSpawner.image = hub_config.image
# CPUs. The chosen CPUs are the guarantee; idle CPU time may be used up to this limit.
c.KubeSpawner.cpu_limit = hub_config.cpu.max

# Homes: one volume for each user, kept when the server stops.
c.KubeSpawner.storage_pvc_ensure = True
c.KubeSpawner.storage_capacity = hub_config.home_size
c.KubeSpawner.storage_class = hub_config.home_storage_class
c.KubeSpawner.storage_access_modes = ["ReadWriteOnce"]
c.KubeSpawner.delete_pvc = not hub_config.keep_homes
c.KubeSpawner.volumes = [{"name": HOME_VOLUME, "persistentVolumeClaim": {"claimName": "{pvc_name}"}}]

# Pod Security Standard `restricted`.
c.KubeSpawner.allow_privilege_escalation = False
c.KubeSpawner.container_security_context = {
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
c.KubeSpawner.pod_security_context = {
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
    # No recursive chown of a large home at every start.
    "fsGroupChangePolicy": "OnRootMismatch",
}
c.KubeSpawner.automount_service_account_token = False
# A ServiceAccount without rights in the cluster; rights in Google Cloud as granted by the stack.
c.KubeSpawner.service_account = hub_config.default_service_account

# Services, and what they and others may do.
services.install()
services.configure(c, hub_config)
roles.configure(c, hub_config)
named_servers.configure(c, hub_config)
if hub_config.sign_in_token:
    sign_in_token.configure(c)

# The operator's own configuration, last, so that it takes precedence.
if hub_config.extra_config:
    load_subconfig("extra_config.py", path=str(Path(__file__).parent))
