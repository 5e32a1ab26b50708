"""A JupyterHub on Kubernetes: settings, config check, cluster, hub, exports."""

import gc

import pulumi

import settings
from components import cluster, hub_config
from components.jupyterhub import JupyterHub, JupyterHubArgs

gc.disable()  # the SDKs are millions of objects, which stay, and each full collection would look at all of them
stack = settings.from_pulumi()
with hub_config.checked(stack):  # loads the hub's configuration in a child process meanwhile; raises at the end
    found = cluster.find(stack)
target = cluster.use(found, stack)
hub = JupyterHub(
    stack.name,
    JupyterHubArgs(settings=stack, cluster=target),
    pulumi.ResourceOptions(providers=target.providers),
)
cluster.guard(target, hub)
for name, value in hub.exports.items():
    pulumi.export(name, value)
