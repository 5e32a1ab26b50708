"""The pictures in docs/images/ are those that `make screenshots` takes."""

import re

from tests.documented_commands import PAGES
from tools.paths import CHECKOUT

_IMAGES = {file.stem for file in (CHECKOUT / "docs" / "images").iterdir()}


def test_every_picture_is_taken_from_a_running_hub() -> None:
    steps = (file.read_text(encoding="utf-8") for file in (CHECKOUT / "tests" / "e2e").glob("test_*.py"))
    assert {name for text in steps for name in re.findall(r' picture\(\w+, "([\w-]+)"\)', text)} == _IMAGES


def test_every_picture_is_in_a_page() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {name for name in _IMAGES if f"images/{name}.png)" not in shown} == set()
