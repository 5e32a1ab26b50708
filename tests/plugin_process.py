"""The plugin of the component package as a process."""

import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from tools.paths import CHECKOUT


@contextmanager
def running_plugin(
    folder: Path, engine: str = "127.0.0.1:1", environment: Mapping[str, str] | None = None
) -> Generator[Any]:
    """Yield a client of a running plugin.

    Args:
        folder: Folder of the process: that of another project.
        engine: Address of the engine; by default there is none.
        environment: Further environment variables.
    """
    command = [sys.executable, CHECKOUT / "provider", engine]
    variables = {**os.environ, **(environment or {})}
    with subprocess.Popen(command, cwd=folder, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                yield provider_pb2_grpc.ResourceProviderStub(channel)
        finally:
            process.kill()
