"""Command and environment with which every notebook server starts, whatever its image."""

from __future__ import annotations

import json
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hub import lifetime, notebook_content
from hub.limits import MAX_HEADER_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.contract import HubConfig


WITHOUT_HOME_SETTINGS: Final = "JUPYTERHUB_WITHOUT_HOME_SETTINGS"
"""Environment variable of a start without the Jupyter settings and Python packages of the home. With some, such as the
name of a class that the image does not have, the server ends, and their owner could not fix them."""
SCRIPT: Final = "JUPYTERHUB_START_SCRIPT"
"""Environment variable with the script that runs before the server."""


def environment(config: HubConfig) -> dict[str, str]:
    """Return this hub's environment variables of notebook servers.

    `c.KubeSpawner.environment` takes precedence over each, and does not remove the others.
    """
    repositories = [repository.model_dump() for repository in config.content.repositories]
    return {
        # Read by notebook_content.py and the server's configuration below.
        **({notebook_content.VARIABLE: json.dumps(repositories)} if repositories else {}),
        # In variables, Kubernetes expands `$(NAME)`, and makes one of two `$`.
        **({SCRIPT: config.content.start_script.replace("$", "$$")} if config.content.start_script else {}),
        "JUPYTERHUB_KERNEL_IDLE_SECONDS": str(config.content.kernel_idle_minutes * 60),
        # Without a writable runtime folder the server ends, and by default it is in the home, which may be full.
        "JUPYTER_RUNTIME_DIR": "/tmp/jupyter/runtime",  # noqa: S108 in a pod of one user
        # Seconds. Interval at which servers report their activity.
        "JUPYTERHUB_ACTIVITY_INTERVAL": "60",
        # Read by notebook_activity.py.
        "JUPYTERHUB_COUNT_OPEN_TABS": str(int(config.count_open_tabs)),
        lifetime.VARIABLE: " ".join(lifetime.sentences(config)),
    }


# Without `$(`, which Kubernetes expands in arguments.
_SCRIPT = """\
own="${TMPDIR:-/tmp}/jupyter"
mkdir -p "$own/hub"
cat >"$own/hub/notebook_activity.py" <<'END'
@ACTIVITY@
END
cat >"$own/hub/notebook_content.py" <<'END'
@CONTENT@
END
cat >"$own/hub/jupyter_server_config.py" <<'END'
import os, sys
from tornado.httpserver import HTTPServer
sys.path.append(os.path.dirname(__file__))
HTTPServer.configure(HTTPServer, max_header_size=@HEADERS@)
c = get_config()
c.ServerApp.jpserver_extensions.update({"notebook_activity": True, "notebook_content": True})
idle = int(os.environ.get("JUPYTERHUB_KERNEL_IDLE_SECONDS") or 0)
if idle:
    c.MappingKernelManager.cull_idle_timeout = idle
    c.MappingKernelManager.cull_interval = 60
    c.MappingKernelManager.cull_connected = True
END
notices="$own/hub/labextensions/jupyterhub-notices"
mkdir -p "$notices/static"
cat >"$notices/package.json" <<'END'
{"name": "jupyterhub-notices", "version": "1.0.0", "jupyterlab": {"extension": true,
 "_build": {"load": "static/notebook_notices.js", "extension": "./extension"}}}
END
cat >"$notices/static/notebook_notices.js" <<'END'
@NOTICES@
END
export JUPYTER_PATH="$own/hub${JUPYTER_PATH:+:$JUPYTER_PATH}"
export JUPYTER_CONFIG_PATH="$own/hub${JUPYTER_CONFIG_PATH:+:$JUPYTER_CONFIG_PATH}"

use_own_folders() {
    export JUPYTER_CONFIG_DIR="$own/config" JUPYTER_DATA_DIR="$own/data"
    export IPYTHONDIR="$own/ipython" XDG_CACHE_HOME="$own/cache"
}
probe="$HOME/.jupyterhub-probe"
if [ -n "${@WITHOUT@:-}" ]; then
    echo "The last start failed: this one is without the settings and Python packages of the home folder." >&2
    use_own_folders
    export PYTHONNOUSERSITE=1
elif ! (head -c 65536 /dev/zero >"$probe") 2>/dev/null; then
    df -h "$HOME" >&2
    echo "The home folder is full or cannot be written. Jupyter writes its own files to $own." >&2
    use_own_folders
    export JUPYTER_CONFIG_PATH="$JUPYTER_CONFIG_PATH:$HOME/.jupyter"
    export JUPYTER_PATH="$JUPYTER_PATH:$HOME/.local/share/jupyter"
fi
rm -f "$probe" 2>/dev/null

if [ -n "${@SCRIPT@:-}" ] && [ -z "${@WITHOUT@:-}" ]; then
    (cd "$HOME" && exec sh -c "$@SCRIPT@") >&2 || echo "notebook.startScript failed with exit code $?." >&2
fi
unset @SCRIPT@

for command in @COMMANDS@; do
    if command -v "$command" >/dev/null; then exec "$command" "$@"; fi
done
echo @MISSING@ >&2
exit 127
"""

_FILES = {"@ACTIVITY@": "notebook_activity.py", "@CONTENT@": "notebook_content.py", "@NOTICES@": "notebook_notices.js"}


_PROGRAMS: Final = ("start-singleuser.sh", "jupyterhub-singleuser")
"""Programs that start the server, the first that the image has. Images of repo2docker, Pangeo and Rocker have only the
second one."""


@cache
def _script(programs: tuple[str, ...]) -> str:
    missing = f"This image has no {' and no '.join(programs)}."
    if programs == _PROGRAMS:
        missing += " Install the Python package jupyterhub."
    script = _SCRIPT.replace("@WITHOUT@", WITHOUT_HOME_SETTINGS).replace("@SCRIPT@", SCRIPT)
    script = script.replace("@COMMANDS@", shlex.join(programs)).replace("@MISSING@", shlex.quote(missing))
    # Tornado's default is 64 KiB, and the browser's cookies alone may have that.
    script = script.replace("@HEADERS@", str(MAX_HEADER_BYTES))
    for place, name in _FILES.items():
        script = script.replace(place, Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return script


def command(own: Sequence[str] = ()) -> list[str]:
    """Return the command of the container, for the image's own entrypoint; arguments may follow.

    It starts the image's server with the extension of `notebook_activity.py`. While the home is full or read-only,
    Jupyter's own files are outside of it: else Jupyter and IPython do not start, and nobody can delete a file to free
    space. After a start in which the server ended, they are, too.

    Args:
        own: The program that starts the server, and its first arguments; see `PodSettings.command`.
    """
    return ["sh", "-c", _script(tuple(own[:1]) or _PROGRAMS), "sh", *own[1:]]
