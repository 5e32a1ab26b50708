"""Content that every home and server gets of the stack: git repositories, files, and the end of idle kernels."""

from __future__ import annotations

from hub.contract_part import Part


class Repository(Part):
    """A git repository that is pulled into each home when its server starts."""

    repository: str
    """URL, without a password."""
    branch: str | None
    """Branch; None: the default one of the repository."""
    folder: str
    """Folder below the home."""


class ContentSettings(Part):
    """Content and Jupyter's settings of each server."""

    repositories: tuple[Repository, ...]
    """Repositories, pulled one after the other."""
    files: dict[str, str]
    """Keys of `files_config_map` by the path of the file in the container."""
    files_config_map: str | None
    """Name of the ConfigMap with the files, in the notebooks' namespace; None: there are none."""
    start_script: str
    """Shell script that runs before each server starts; empty: none."""
    kernel_idle_minutes: int
    """Minutes without activity after which a kernel is stopped; 0 is never."""
