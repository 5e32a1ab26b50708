"""Base of the dynamic resources."""

from collections.abc import Mapping
from typing import ClassVar, Final

import pulumi
from pulumi import dynamic

PACKAGE: Final = "jupyterhub"
"""Name of the package of this program, for programs in other languages (provider/)."""


class Resource(dynamic.Resource):
    """A dynamic resource; in the plugin of the package, a resource of that plugin with the same provider.

    The engine runs dynamic providers with the Python and in the folder of the stack's program. With the package that is
    another program, perhaps not of Python at all.
    """

    in_plugin: ClassVar[bool] = False
    """Whether this process is the plugin."""
    provider: ClassVar[type[dynamic.ResourceProvider]]

    def __init_subclass__(cls, *, provider: type[dynamic.ResourceProvider]) -> None:
        super().__init_subclass__(module=PACKAGE, name=cls.__name__)  # pyright: ignore[reportUnknownMemberType] -- it has no type for others
        cls.provider = provider

    def __init__(self, name: str, inputs: Mapping[str, object], opts: pulumi.ResourceOptions | None = None) -> None:
        if Resource.in_plugin:
            pulumi.CustomResource.__init__(self, f"{PACKAGE}:index:{type(self).__name__}", name, {**inputs}, opts)
        else:
            super().__init__(type(self).provider(), name, {**inputs}, opts)
