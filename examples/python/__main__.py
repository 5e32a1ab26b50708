"""A program of one's own: a hub, and beside it an object that other programs read its URL from."""

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

import settings
from components import cluster, hub_config
from components.jupyterhub import JupyterHub, JupyterHubArgs

# Keys of the stack file with the prefix jupyterhub:, as for the program of this repository.
stack = settings.from_pulumi()
with hub_config.checked(stack):
    found = cluster.find(stack)
target = cluster.use(found, stack)
of_hub = pulumi.ResourceOptions(providers=target.providers)
hub = JupyterHub(stack.name, JupyterHubArgs(settings=stack, cluster=target), of_hub)
cluster.guard(target, hub)

portal = core.ConfigMap(
    "portal",
    metadata=meta.ObjectMetaArgs(namespace="default"),
    data={"hub": pulumi.Output.from_input(hub.exports["hub_url"]).apply(str)},
    opts=pulumi.ResourceOptions(provider=target.providers[0]),
)
pulumi.export("hub_url", hub.exports["hub_url"])
pulumi.export("portal", portal.metadata.name)
