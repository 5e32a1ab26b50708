"""Stand-ins of well-known notebook images, made of the image of docker/notebook: its files, and another shape.

The shape is all that a pod's start depends on: entrypoint, environment, user and folder of the configuration, and the
programs that the image has.
"""

import hashlib
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.local.images import Image
from tools.local.pause_image import tar

_BIN = "/opt/jupyterhub/bin"
"""Where the image of docker/notebook has JupyterLab and JupyterHub."""
_PLAIN = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The shape of an image."""

    entrypoint: Sequence[str] = ()
    """The entrypoint; empty: none."""
    command: Sequence[str] = ("jupyter", "lab")
    """The image's own command, which a hub does not run."""
    path: str = f"{_BIN}:{_PLAIN}"
    """The variable `PATH`."""
    user: str = "1000"
    """The user of the configuration."""
    folder: str
    """The working directory of the configuration."""
    programs: Mapping[str, str]
    """Scripts by path."""
    has_start_singleuser: bool = False
    """Whether `start-singleuser.sh` is there, which is Jupyter Docker Stacks' name."""


KINDS: Mapping[str, Kind] = {
    # tini and start.sh, which runs hooks, then the command.
    "docker-stacks": Kind(
        entrypoint=("tini", "-g", "--", "start.sh"),
        command=("start-notebook.py",),
        folder="/home/jovyan",
        programs={
            "/usr/local/bin/start.sh": '#!/bin/bash\nset -e\necho "Executing the command: $*"\nexec "$@"\n',
            "/usr/local/bin/start-singleuser.sh": '#!/bin/bash\nset -e\nexec jupyterhub-singleuser "$@"\n',
        },
        has_start_singleuser=True,
    ),
    # The environment is put on the PATH by a login shell.
    "pangeo": Kind(
        entrypoint=("/srv/start",),
        path=_PLAIN,
        folder="/home/jovyan",
        programs={"/srv/start": f'#!/bin/bash -l\nset -e\nexport PATH="{_BIN}:$PATH"\nexec "$@"\n'},
    ),
    # A login shell, whose output also goes to a log; the repository is in another folder than the home.
    "repo2docker": Kind(
        entrypoint=("/usr/local/bin/repo2docker-entrypoint",),
        path=_PLAIN,
        folder="/srv/repo",
        programs={
            "/usr/local/bin/repo2docker-entrypoint": (
                f'#!/bin/bash -l\nset -euo pipefail\nexport PATH="{_BIN}:$PATH"\n'
                'exec {log}> >(exec tee "${TMPDIR:-/tmp}/.jupyter-server-log.txt")\nexec "$@" >&"$log" 2>&1\n'
            )
        },
    ),
    "rocker": Kind(
        folder="/home/rstudio", user="rstudio", programs={"/usr/lib/rstudio-server/bin/rserver": "#!/bin/sh\nexit 1\n"}
    ),
    # A banner, then the command, as root.
    "nvidia": Kind(
        entrypoint=("/opt/nvidia/nvidia_entrypoint.sh",),
        command=(),
        user="root",
        folder="/workspace",
        programs={
            "/opt/nvidia/nvidia_entrypoint.sh": (
                "#!/bin/bash\necho '== PyTorch =='\nif [[ $# -eq 0 ]]; then exec /bin/bash; else exec \"$@\"; fi\n"
            )
        },
    ),
}
"""By name."""


def write(name: str, notebook: Image, folder: Path) -> Image:
    """Write the archive of one kind, without the layers of the notebook image, which containerd has.

    Args:
        name: A key of `KINDS`.
        notebook: The image of docker/notebook.
        folder: Where the archive is written.
    """
    kind = KINDS[name]
    with tarfile.open(notebook.archive) as archive:
        (manifest,) = json.loads(_content(archive, "manifest.json"))
        config = json.loads(_content(archive, manifest["Config"]))
        layers = [
            {"mediaType": _LAYER, "digest": digest, "size": archive.getmember(file).size}
            for digest, file in zip(config["rootfs"]["diff_ids"], manifest["Layers"], strict=True)
        ]
    own = _layer(kind)
    config["rootfs"]["diff_ids"].append(_digest(own))
    config.pop("history", None)
    variables = [one for one in config["config"]["Env"] if not one.startswith(("PATH=", "HOME="))]
    config["config"] = {
        "User": kind.user,
        "Env": [*variables, f"PATH={kind.path}"],
        "Entrypoint": list(kind.entrypoint) or None,
        "Cmd": list(kind.command),
        "WorkingDir": kind.folder,
    }
    image = Image(
        name=name, reference=f"localhost/{name}:{notebook.reference.rpartition(':')[2]}", archive=folder / f"{name}.tar"
    )
    _write_layout(image, config, [*layers, {"mediaType": _LAYER, "digest": _digest(own), "size": len(own)}], own)
    return image


_LAYER = "application/vnd.oci.image.layer.v1.tar"


def _layer(kind: Kind) -> bytes:
    """Return the files of a kind. A file `.wh.NAME` removes NAME of the layers below."""
    files = {path.lstrip("/"): text.encode() for path, text in kind.programs.items()}
    if not kind.has_start_singleuser:
        files["usr/local/bin/.wh.start-singleuser.sh"] = b""
    if kind.user.isalpha() and kind.user != "root":
        files["etc/passwd"] = (
            f"root:x:0:0::/root:/bin/bash\n{kind.user}:x:1000:1000::{kind.folder}:/bin/bash\n".encode()
        )
    return tar(files, mode=0o755)


def _write_layout(image: Image, config: object, layers: Sequence[Mapping[str, object]], own: bytes) -> None:
    """Write an image layout of the Open Container Initiative."""
    blobs = [own, json.dumps(config).encode()]
    described = {
        "mediaType": "application/vnd.oci.image.config.v1+json",
        "digest": _digest(blobs[1]),
        "size": len(blobs[1]),
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": described,
        "layers": layers,
    }
    blobs.append(json.dumps(manifest).encode())
    index = {
        "schemaVersion": 2,
        "manifests": [
            {
                "mediaType": manifest["mediaType"],
                "digest": _digest(blobs[2]),
                "size": len(blobs[2]),
                "annotations": {"io.containerd.image.name": image.reference},
            }
        ],
    }
    files = {f"blobs/{_digest(blob).replace(':', '/')}": blob for blob in blobs}
    files |= {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}', "index.json": json.dumps(index).encode()}
    image.archive.write_bytes(tar(files, mode=0o644))


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file
    return file.read()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
