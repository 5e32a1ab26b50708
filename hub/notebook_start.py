"""Command and environment with which every notebook server starts, whatever its image."""

from __future__ import annotations

from typing import Final

ENVIRONMENT: Final = {
    # Without a writable runtime folder the server ends, and by default it is in the home, which may be full.
    "JUPYTER_RUNTIME_DIR": "/tmp/jupyter/runtime",  # noqa: S108 in a pod of one user
    # Seconds. Interval at which servers report their activity.
    "JUPYTERHUB_ACTIVITY_INTERVAL": "60",
}
"""Default environment variables. `c.KubeSpawner.environment` takes precedence, and does not remove the others."""

# Without `$(`, which Kubernetes expands in arguments.
_SCRIPT = """\
probe="$HOME/.jupyterhub-probe"
if ! (head -c 65536 /dev/zero >"$probe") 2>/dev/null; then
    df -h "$HOME" >&2
    echo "The home folder is full or cannot be written. Jupyter writes its own files to /tmp/jupyter." >&2
    mkdir -p /tmp/jupyter
    export JUPYTER_CONFIG_DIR=/tmp/jupyter/config JUPYTER_CONFIG_PATH="$HOME/.jupyter"
    export JUPYTER_DATA_DIR=/tmp/jupyter/data JUPYTER_PATH="$HOME/.local/share/jupyter"
    export IPYTHONDIR=/tmp/jupyter/ipython XDG_CACHE_HOME=/tmp/jupyter/cache
fi
rm -f "$probe" 2>/dev/null
exec start-singleuser.sh "$@"
"""

COMMAND: Final = ("sh", "-c", _SCRIPT, "start-singleuser.sh")
"""The image's `start-singleuser.sh`; while the home is full or read-only, Jupyter's own files are outside of it.

Otherwise Jupyter and IPython do not start there, and nobody could delete a file to free space.
"""
