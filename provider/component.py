"""The component of the package: the whole program, as a resource."""

from collections.abc import Mapping

import pulumi
from pulumi.runtime.settings import set_root_resource
from pydantic.alias_generators import to_camel

from components import cluster, hub_config
from components.jupyterhub import JupyterHub, JupyterHubArgs
from provider.package import TYPE
from settings import Settings


class PackagedHub(pulumi.ComponentResource):
    """A hub with its connection to a cluster; on GKE, with the cluster."""

    outputs: Mapping[str, pulumi.Input[object]]
    """Outputs by their names in the package: the exports of the program, in camelCase."""

    def __init__(self, name: str, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        # As the stack is for the program: the parent of the providers and of the cluster.
        set_root_resource(self)
        with hub_config.checked(settings):
            found = cluster.find(settings)
        target = cluster.use(found, settings)
        args = JupyterHubArgs(settings=settings, cluster=target)
        hub = JupyterHub(settings.name, args, pulumi.ResourceOptions(providers=target.providers))
        cluster.guard(target, hub)
        self.outputs = {to_camel(key): value for key, value in hub.exports.items()}
        self.register_outputs({**self.outputs})
