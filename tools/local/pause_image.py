"""The pause image, the first process of every pod, written as an archive without a build tool."""

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Mapping
from pathlib import Path

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def write(program: Path, reference: str, archive: Path) -> None:
    """Write a docker archive of an image that holds one static program.

    Args:
        program: The program; it becomes `/pause`.
        reference: The image's name and tag.
        archive: The file to write.
    """
    layer = tar({"pause": program.read_bytes()}, mode=0o755)
    configuration = json.dumps(
        {
            "architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": {"Entrypoint": ["/pause"], "User": "65535:65535"},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        }
    ).encode()
    name = f"{hashlib.sha256(configuration).hexdigest()}.json"
    manifest = json.dumps([{"Config": name, "RepoTags": [reference], "Layers": ["layer.tar"]}]).encode()
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(tar({name: configuration, "layer.tar": layer, "manifest.json": manifest}, mode=0o644))


def tar(files: Mapping[str, bytes], *, mode: int) -> bytes:
    """Return a tar archive of files, by path, which all have the same permissions."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), mode
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
