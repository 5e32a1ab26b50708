"""The own one-node cluster on a Linux machine, built from Go modules and Debian packages."""

from collections.abc import Collection, Mapping

from settings import Settings
from tools.clusters.cluster import Cluster, configured_images, open_keys
from tools.engine import Engine
from tools.errors import ToolError
from tools.local import api, build, cluster, host, images, layout, node
from tools.steps import say


class Own(Cluster):
    """The local cluster of `tools/local`."""

    name = "local"
    description = "the local cluster on this machine"
    kubeconfig = layout.KUBECONFIG

    def check(self) -> None:
        """Check kernel, user and ports."""
        host.check()

    def up(self, settings: Settings) -> tuple[Engine, Mapping[str, str]]:
        """Build tools and images, start the cluster and load the images."""
        say("Images: built here from docker/, as this cluster pulls none.")
        found, built = build.everything()
        cluster.up()
        for name in open_keys(settings):
            images.load(built[name], node.CTR)
        require_images(settings, built=open_keys(settings).values())
        return found, _references(settings, built)

    def references(self, settings: Settings) -> Mapping[str, str]:
        """Build the images, unless they exist."""
        return _references(settings, images.ensure_built())

    def require_up(self) -> None:
        """Raise a ToolError unless every part of the cluster runs."""
        if not cluster.is_up():
            message = "The local cluster is not running, and a preview needs its API server. Start it with: make up"
            raise ToolError(message)

    def restart(self) -> None:
        """Start the cluster."""
        cluster.up()

    def down(self) -> None:
        """Stop the cluster; its data stays."""
        if cluster.is_up() and (others := api.hubs()):
            say(f"The local cluster goes on running, as it has other hubs: {', '.join(others)}.")
            say("To stop it with them: python -m tools.local down. Each starts again with: make up STACK=<its stack>")
            return
        cluster.down()


def require_images(settings: Settings, *, built: Collection[str]) -> None:
    """Check that the local node has all images of a stack.

    Args:
        settings: The stack's settings.
        built: Keys of images that were built and loaded.

    Raises:
        ToolError: An image is missing; the message names each, with the fix.
    """
    there = images.references(node.CTR)
    mistakes = [
        f"{key}: the image {configured} is not on the local node, which cannot pull images. "
        "Load it with `python -m tools.local load ARCHIVE`, or remove the key: `make up` then builds it from docker/."
        for key, configured in configured_images(settings).items()
        if key not in built and configured not in there
    ]
    if mistakes:
        raise ToolError("\n".join(mistakes))


def _references(settings: Settings, built: Mapping[str, images.Image]) -> dict[str, str]:
    return {key: built[name].reference for name, key in open_keys(settings).items()}
