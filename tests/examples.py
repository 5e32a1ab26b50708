"""The comments in docs/review/: written by the scripts, and compared with what these write now."""

import os
import re

from tools.paths import CHECKOUT

_FOLDER = CHECKOUT / "docs" / "review"
_MADE_UP = re.compile(r"\b(localhost/jupyterhub/\w+:|pulumi-kubernetes-)[0-9a-f]{8,12}\b")


def require_documented(name: str, text: str) -> None:
    """Require that a comment is the one in the docs. With WRITE_EXAMPLES=1 it is written there first.

    Args:
        name: Of the file, without its ending.
        text: The comment. Tags that follow from the content of docker/, and what Pulumi makes up, are left out of
            the comparison.
    """
    file = _FOLDER / f"{name}.md"
    shown = _MADE_UP.sub(r"\1…", text)
    if os.environ.get("WRITE_EXAMPLES"):
        _FOLDER.mkdir(exist_ok=True)
        file.write_text(shown)
    assert shown == file.read_text(), "docs/review/ is out of date: run this test with WRITE_EXAMPLES=1"
