"""Debian's nginx, unpacked and not installed, as no service of the machine may start."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.installed import folder_of
from tools.commands import run

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
    command = [_program(), "-p", folder, "-e", "stderr", "-c", configuration]
    with (folder / "log.txt").open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            yield
        finally:
            process.terminate()


def _program() -> Path:
    def install(folder: Path) -> None:
        run(["apt-get", "update"], doing="apt-get update")
        run(["apt-get", "download", "nginx"], cwd=folder, doing="apt-get download nginx")
        (package,) = folder.glob("nginx_*.deb")
        run(["dpkg-deb", "--extract", str(package), "."], cwd=folder)

    return folder_of("nginx", [Path("/etc/debian_version")], install) / "usr" / "sbin" / "nginx"
