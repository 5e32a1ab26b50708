"""The component of the package: the whole program, as a resource."""

from collections.abc import Mapping
from typing import Final

import pulumi
from pydantic.alias_generators import to_camel

from components import cluster, hub_config
from components.dynamic.resource import PACKAGE
from components.jupyterhub import JupyterHub, JupyterHubArgs
from settings import Settings

TYPE: Final = f"{PACKAGE}:index:JupyterHub"
"""Type of the component, which is not that of the one in it: a package has types of its own."""


class PackagedHub(pulumi.ComponentResource):
    """A hub with its connection to a cluster; on GKE, with the cluster."""

    outputs: Mapping[str, pulumi.Input[object]]
    """Outputs by their names in the package: the exports of the program, in camelCase."""

    def __init__(self, name: str, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        # As the stack is for the program: the parent of the providers and of the cluster.
        pulumi.runtime.set_root_resource(self)
        with hub_config.checked(settings):
            found = cluster.find(settings)
        target = cluster.use(found, settings)
        args = JupyterHubArgs(settings=settings, cluster=target)
        hub = JupyterHub(settings.name, args, pulumi.ResourceOptions(providers=target.providers))
        cluster.guard(target, hub)
        self.outputs = {to_camel(key): value for key, value in hub.exports.items()}
        self.register_outputs({**self.outputs})
