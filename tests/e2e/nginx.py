"""nginx, in front of a node port."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.debian import unpacked

_SETTINGS: Final = """
error_log stderr;
pid {folder}/pid;
daemon off;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{servers}
}}
"""


@contextmanager
def running(servers: str, folder: Path) -> Generator[None]:
    """Run nginx.

    Args:
        servers: The part of its configuration in `http`.
        folder: For its files.
    """
    configuration = folder / "nginx.conf"
    configuration.write_text(_SETTINGS.format(folder=folder, servers=servers))
    command = [unpacked("nginx") / "usr" / "sbin" / "nginx", "-p", folder, "-e", "stderr", "-c", configuration]
    with (folder / "log.txt").open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            yield
        finally:
            process.terminate()
