"""A JupyterHub on Kubernetes, from top to bottom: settings, a try, cluster, hub, and what people want to know."""

import pulumi

import settings
from components import cluster, preflight
from components.jupyterhub import JupyterHub, JupyterHubArgs

stack = settings.from_pulumi()
configuration = preflight.start(stack)
connection = cluster.connect(stack)
configuration.finish()
hub = JupyterHub(
    stack.name,
    JupyterHubArgs(settings=stack, connection=connection),
    pulumi.ResourceOptions(providers=connection.providers),
)

pulumi.export("hub_url", hub.url)
pulumi.export("namespace", hub.namespace)
pulumi.export("port_forward_command", stack.port_forward_command)
pulumi.export("oauth_callback_url", hub.oauth_callback_url)
if hub.dns_records is not None:
    pulumi.export("dns_records", hub.dns_records)
if hub.database_instance is not None:
    pulumi.export("database_instance", hub.database_instance)
