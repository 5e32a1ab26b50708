"""The build of everything that a new machine needs: the long part of the first `make up` and `make test`."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from tools import engine, toolchain
from tools.engine import Engine
from tools.local import host, images
from tools.local.images import Image


def everything() -> tuple[Engine, Mapping[str, Image]]:
    """Build the Pulumi CLI, the local cluster's programs and the images, unless they exist.

    Returns:
        The Pulumi CLI, and the images by name.

    Raises:
        ToolError: The local cluster cannot run here, or a build failed.
    """
    host.check()
    host.install_packages()
    toolchain.require_go(toolchain.KUBERNETES)
    with ThreadPoolExecutor() as pool:
        # In parallel: while one waits for a download, another uses the processors.
        built_images = pool.submit(images.ensure_built)
        found = pool.submit(engine.find)
        toolchain.build(toolchain.KUBERNETES)
        return found.result(), built_images.result()
