import re
from html import unescape
from pathlib import Path

import pytest
import yaml

import settings
from tools.paths import CHECKOUT

README = unescape((CHECKOUT / "README.md").read_text())
CONFIG = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text())["config"]


@pytest.mark.parametrize("path", CONFIG)
def test_the_readme_describes_each_setting_as_the_project_does(path: str) -> None:
    key = path.strip('[]"')
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{key}` |")]
    assert row.endswith(f"| {CONFIG[path]['description'].strip()} |")


def test_every_command_of_the_readme_is_a_target_of_the_makefile() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    for command in ("up", "url", "kubeconfig", "preview", "env", "check", "test", "bench", "down"):
        assert f"`make {command}`" in README or f"(make {command})" in README
        assert f"\n{command}:" in makefile


@pytest.mark.parametrize(
    "page", [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))], ids=lambda page: page.name
)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_the_mistakes_in_the_readme_are_told_in_the_same_words() -> None:
    wrong = {"images.repository": "registry.example.org/hub", "endpoint.address": "127.100.0.10", "auth.type": "dummy"}
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({**wrong, "hub.imgae": "x", "notebook.memory": {"max": "2Gib"}})
    shown = re.search(r"has 2 mistakes:\n(.*?)```", README, re.DOTALL)
    assert shown
    assert shown[1].splitlines() == [f"  * {mistake}" for mistake in caught.value.mistakes]
