"""Test doubles of docker, kind, minikube and pulumi: executables that record their calls and answer as the real ones.

The answers are those of docker 28.2.2 and kind 0.33.0: of the programs, where they answer without a daemon, and else
of their sources and of reports of their users. Files in `state` say what there is, and what fails with which message.
"""

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

NO_DAEMON = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
UNREACHABLE = (
    'failed to configure transport: error pinging v2 registry: Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io on '
    "192.0.2.53:53: no such host"
)
PORT_IN_USE = """\
ERROR: failed to create cluster: command "docker run --name jupyterhub-local-control-plane" failed with error: exit \
status 125
Command Output: docker: Error response from daemon: driver failed programming external connectivity on endpoint \
jupyterhub-local-control-plane: Bind for 127.0.0.1:8000 failed: port is already allocated."""
NOT_LOADED = """\
ERROR: failed to load image: command "docker exec --privileged -i jupyterhub-local-control-plane ctr \
--namespace=k8s.io images import --all-platforms --digests --snapshotter=overlayfs -" failed with error: exit status 1
Command Output: ctr: content digest sha256:b1addbe72465a718643cff9e60a58e6df1841e29d6d7d60c9a85d8d72f08d1a7: \
not found"""

_FAIL = 'fail() { if [ -e "$STATE/$1" ]; then cat "$STATE/$1" >&2; exit 1; fi; }\n'

_DOCKER = """
case "$1 $2" in
"version "*) fail no-daemon; [ $# = 1 ] || echo arm64 ;;
"manifest inspect") fail no-registry; grep -qx "$3" "$STATE/published" || { echo "manifest unknown" >&2; exit 1; } ;;
"image inspect") grep -qx "$3" "$STATE/images" || { echo "[]"; echo "Error: No such image: $3" >&2; exit 1; } ;;
"container inspect")
  grep -qx "${5%-control-plane}" "$STATE/clusters" || { echo "Error: No such container: $5" >&2; exit 1; }
  case "$4" in *Running*) [ -e "$STATE/stopped" ] && echo false || echo true ;; *) cat "$STATE/port" ;; esac ;;
"start "*) rm "$STATE/stopped" ;;
"build "*) fail no-build; while [ "$1" != --tag ]; do shift; done; echo "$2" >> "$STATE/images" ;;
esac
"""
_KIND = """
case "$1 $2" in
"get clusters") if [ -s "$STATE/clusters" ]; then cat "$STATE/clusters"; else echo "No kind clusters found." >&2; fi ;;
"create cluster")
  cat > "$STATE/config"
  fail no-cluster
  echo "$4" >> "$STATE/clusters"
  sed -n 's/.*hostPort: \\([0-9]*\\).*/\\1/p' "$STATE/config" > "$STATE/port"
  fail interrupted
  cp "$STATE/kubeconfig" "$8" ;;
"delete cluster") sed -i "/^$4\\$/d" "$STATE/clusters"; rm -f "$6" ;;
"load docker-image")
  fail not-loaded
  grep -qx "$3" "$STATE/images" || { echo "ERROR: image: \\"$3\\" not present locally" >&2; exit 1; } ;;
esac
"""
_PULUMI = f"""
while [ "$1" = --cwd ]; do shift 2; done
case "$1 $2" in
"plugin ls") echo "kubernetes resource {version("pulumi-kubernetes")}" ;;
"stack export") echo '{{"deployment": {{}}}}' ;;
"stack output") cat "$STATE/output-$3" ;;
esac
"""
_TEXTS = {"docker": _DOCKER, "kind": _KIND, "minikube": "", "pulumi": _PULUMI}


@dataclass(frozen=True)
class Programs:
    """The executables of a machine.

    Attributes:
        folder: Contains `bin`, the only folder of PATH, `state` and `calls`.
    """

    folder: Path

    def write(self) -> None:
        """Write the executables, for a machine on which everything works and nothing is published or made."""
        (self.folder / "bin").mkdir()
        self.state.mkdir()
        for name, text in _TEXTS.items():
            program = self.folder / "bin" / name
            head = f'#!/bin/sh\nSTATE="{self.state}"\necho "{name} $*" >> "{self.folder}/calls"\n'
            program.write_text(head + _FAIL + text)
            program.chmod(0o755)
        for name in ("cat", "cp", "git", "grep", "make", "rm", "sed"):
            (self.folder / "bin" / name).symlink_to(shutil.which(name) or name)
        for name in ("clusters", "images", "published", "port"):
            (self.state / name).touch()

    @property
    def state(self) -> Path:
        """The folder of the answers."""
        return self.folder / "state"

    def remove(self, program: str) -> None:
        """Remove a program from the machine."""
        (self.folder / "bin" / program).unlink()

    def calls(self, program: str, start: str = "") -> list[str]:
        """Return the calls of a program since the last `forget`, without its name, that begin with `start`."""
        file = self.folder / "calls"
        words = [line.partition(" ") for line in (file.read_text().splitlines() if file.exists() else [])]
        return [arguments for name, _, arguments in words if name == program and arguments.startswith(start)]

    def forget(self) -> None:
        """Forget the calls."""
        (self.folder / "calls").unlink(missing_ok=True)
