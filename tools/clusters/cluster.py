"""What `make` needs of each way to a cluster."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

from settings import Settings
from tools import image_tags
from tools.engine import Engine
from tools.local import images, layout


class Cluster(ABC):
    """A cluster for the stacks of `make up`."""

    name: str
    """Its name after `CLUSTER=`; empty for a cluster that the stack file or KUBECONFIG names."""
    description: str
    """Its name in messages."""
    kubeconfig: Path | None = None
    """Its kubeconfig; None is the user's own."""
    builds_images: bool = True
    """Whether `make up` provides the images that the stack file leaves open. Otherwise they must be set."""

    @abstractmethod
    def check(self) -> None:
        """Raise a ToolError if it cannot be used on this machine; the message has the reason and the alternatives."""

    @abstractmethod
    def up(self, settings: Settings) -> tuple[Engine, Mapping[str, str]]:
        """Start it from any state, with the images of a stack.

        Returns:
            The Pulumi CLI, and the references of the images that the stack file leaves open, by key.

        Raises:
            ToolError: It cannot run here, or an image is missing.
        """

    @abstractmethod
    def references(self, settings: Settings) -> Mapping[str, str]:
        """Return the references of the images that the stack file leaves open, by key; build them if needed."""

    @abstractmethod
    def require_up(self) -> None:
        """Raise a ToolError if it is not running; the message has the command that starts it."""

    @abstractmethod
    def restart(self) -> None:
        """Start it again for `pulumi destroy`, which cannot delete objects of a cluster that it does not reach."""

    def is_made(self) -> bool:
        """Return whether it was made, so that a stack can be in it."""
        return True

    def is_gone(self) -> bool:
        """Return whether something else deleted it, and the objects of its stacks with it."""
        return False

    @abstractmethod
    def down(self) -> None:
        """Remove what `up` made, unless other hubs use it."""

    def overrides(self, settings: Settings) -> Mapping[str, str]:
        """Return values that take precedence over those of the stack file."""
        del settings
        return {}


class ExistingCluster(Cluster):
    """A cluster that `make` neither starts nor stops: the program checks that it reaches it."""

    def check(self) -> None:
        """Do nothing."""

    def require_up(self) -> None:
        """Do nothing."""

    def restart(self) -> None:
        """Do nothing."""

    def down(self) -> None:
        """Do nothing."""


def open_keys(settings: Settings) -> dict[str, str]:
    """Return the keys of the images that a stack file leaves to `make up`, by image: `{"hub": "hub.image"}`."""
    configured = configured_images(settings)
    return {name: key for name in image_tags.SOURCES if configured[key := f"{name}.image"] == images.UNBUILT[key]}


def configured_images(settings: Settings) -> dict[str, str]:
    """Return the images of hub, proxy and notebooks by key, with placeholders for those that the file leaves open."""
    return {
        "hub.image": settings.hub.image,
        "proxy.image": settings.proxy.image,
        "notebook.image": settings.notebook.image,
    }


def is_for_own_cluster(settings: Settings) -> bool:
    """Return whether the stack's address is one of the own cluster's, which no other cluster assigns."""
    address = settings.endpoint.address
    if settings.endpoint.type != "load-balancer" or address is None:
        return False
    return ip_address(address) in layout.LOAD_BALANCERS
