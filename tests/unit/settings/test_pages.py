"""Sizes of pages, which a stack file of the corpus would be too long for."""

import base64

import pytest

from settings import SettingsError, logo_file
from tests.stacks import settings_with

_MAGIC = b"\x89PNG\r\n\x1a\n"


def _refused(**values: object) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as error:
        settings_with({f"pages.{key}": value for key, value in values.items()})
    return error.value.mistakes


def test_logo_and_templates_fit_into_a_config_map_together() -> None:
    logo = base64.b64encode(_MAGIC + b"x" * 300_000).decode()
    assert settings_with({"pages.logo": logo}).pages.logo == logo
    (mistake,) = _refused(logo=logo, templates={"login.html": "x" * 300_000})
    assert mistake.startswith("pages.templates: has more than 512 KiB, templates and logo together")
    (mistake,) = _refused(logo=base64.b64encode(_MAGIC + b"x" * 600_000).decode())
    assert mistake.startswith("pages.logo: has more than 512 KiB")


@pytest.mark.parametrize(("key", "most"), [("announcement", 2000), ("css", 50_000), ("terms", 50_000)])
def test_a_text_of_the_pages_has_a_maximum_length(key: str, most: int) -> None:
    settings_with({f"pages.{key}": "x" * most})
    (mistake,) = _refused(**{key: "x" * (most + 1)})
    assert f"has more than {most} characters" in mistake


@pytest.mark.parametrize(("content", "name"), [(_MAGIC, "logo.png"), (b"\xff\xd8\xff\xe0", "logo.jpg")])
def test_the_name_of_a_logo_says_its_format(content: bytes, name: str) -> None:
    text = base64.encodebytes(content).decode()
    assert logo_file(settings_with({"pages.logo": text}).pages.logo or "") == (name, content)
