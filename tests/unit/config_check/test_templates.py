"""Mistakes in the operator's templates are told in the preview, with file and line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from components import hub_config
from config_check.templates import Templates
from tests.stacks import settings_with
from tools.paths import CHECKOUT


def _mistakes(folder: Path, templates: Mapping[str, str]) -> list[str]:
    (folder / "hub").symlink_to(CHECKOUT / "hub")
    (folder / "pages").mkdir()
    for name, text in templates.items():
        (folder / "pages" / name).write_text(text)
    return [f"{one.place.file}:{one.place.line}: {one.text}" for one in Templates(folder).mistakes()]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("login.html", '{% extends "templates/login.html" %}\n{% block login %}Hi{{ super() }}{% endblock %}'),
        ("error.html", '{% extends "hub/error.html" %}\n{% block error_detail %}{{ super() }}{% endblock %}'),
        ("page.html", '{% extends "hub/page.html" %}\n{% block footer %}{% block mine %}{% endblock %}{% endblock %}'),
        ("login.html", "<h1>All of it</h1>{% block anything %}{% endblock %}"),
        ("home.html", "{% extends parent %}{% block anything %}{% endblock %}"),
        ("spawn.html", '{% extends "hub/spawn.html" %}{% include "nothing.html" ignore missing %}'),
    ],
)
def test_a_template_that_extends_a_page_has_no_mistakes(name: str, text: str, tmp_path: Path) -> None:
    assert _mistakes(tmp_path, {name: text}) == []


@pytest.mark.parametrize(
    ("templates", "mistakes"),
    [
        (
            {"login.html": '{% extends "page.html" %}\n\n{% block main %}{{ name }'},
            ["pages/login.html:3: unexpected '}'"],
        ),
        ({"login.html": "\n{% blok main %}"}, ["pages/login.html:2: Encountered unknown tag 'blok'."]),
        ({"login.html": "\n\n{{ 'a' | uper }}"}, ["pages/login.html:3: No filter named 'uper'."]),
        (
            {"login.html": '{# #}\n{% extends "templates/logn.html" %}'},
            [("pages/login.html:2: there is no template templates/logn.html. Did you mean templates/login.html?")],
        ),
        (
            {"error.html": '{% extends "error.html" %}'},
            ["pages/error.html:1: is its own parent, without end; extend hub/error.html"],
        ),
        (
            {"token.html": '{% extends "hub/token.html" %}\n{% block mian %}{% endblock %}'},
            [
                (
                    "pages/token.html:2: there is no block mian in what it extends, so nobody would see it. "
                    "Did you mean main?"
                )
            ],
        ),
        (
            {"logn.html": "<p></p>"},
            [
                (
                    "pages/logn.html:0: is no page of the hub, and no other template names it, so nobody would see it. "
                    "Did you mean login.html?"
                )
            ],
        ),
        (
            {"a.html": "{% if %}", "b.html": '{% include "a.html" %}', "login.html": '{% include "b.html" %}'},
            ["pages/a.html:1: Expected an expression, got 'end of statement block'"],
        ),
    ],
)
def test_a_mistake_in_a_template_is_told_with_file_and_line(
    templates: Mapping[str, str], mistakes: list[str], tmp_path: Path
) -> None:
    assert _mistakes(tmp_path, templates) == mistakes


def test_a_block_of_an_own_page_can_be_filled_by_another(tmp_path: Path) -> None:
    page = '{% extends "hub/page.html" %}{% block footer %}{% block motto %}{% endblock %}{% endblock %}'
    login = '{% extends "page.html" %}{% block motto %}Learn{% endblock %}'
    assert _mistakes(tmp_path, {"page.html": page, "login.html": login}) == []


def test_the_preview_names_the_setting_of_a_template_and_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    settings = settings_with({"pages.templates": {"login.html": '{% extends "page.html" %}\n{% block main %}'}})
    with pytest.raises(Exception, match="The hub's configuration has 1 mistake") as error, hub_config.checked(settings):
        pass
    assert "* pages.templates.login.html, line 2: Unexpected end of template" in str(error.value)
