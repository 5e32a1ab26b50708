"""Folders of the tools. They write nothing into the checkout but `build/`."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
"""The folder that holds `Pulumi.yaml`."""

_NAME = "jupyterhub-on-gke"


def _base(variable: str, default: str) -> Path:
    configured = os.environ.get(variable, "")
    return (Path(configured) if configured else Path.home() / default) / _NAME


CACHE = _base("XDG_CACHE_HOME", ".cache")
"""Built tools and images. It may be deleted at any time: `make up` builds them again."""

STATE = _base("XDG_STATE_HOME", ".local/state")
"""The cluster's data and the dev stack's state and passphrase: deleting it deletes the local hub and its homes."""
