"""The examples for GKE, previewed with the stand-in for Google Cloud: as many resources as the documentation says."""

import re
from pathlib import Path

import pytest

from settings.reading.keys import own_values
from settings.reading.stack_file import read_config
from tests.conftest import make_stack, set_secret, succeed
from tests.doubles.google.plugin import engine_with_stand_in
from tools.engine import Engine
from tools.paths import CHECKOUT


@pytest.mark.parametrize(
    ("name", "example", "page", "says"),
    [
        ("gke", "Pulumi.gke.yaml", "gke.md", "The example has {} resources."),
        ("small", "examples/Pulumi.gke-small.yaml", "gke-costs.md", "| small | {} |"),
        ("department", "examples/Pulumi.gke-department.yaml", "gke-costs.md", "| department | {} |"),
        ("large", "examples/Pulumi.gke-large.yaml", "gke-costs.md", "| large | {} |"),
    ],
)
def test_an_example_previews_as_many_resources_as_documented(
    name: str, example: str, page: str, says: str, built_engine: Engine, tmp_path: Path
) -> None:
    values = own_values(read_config(CHECKOUT / example))
    values.pop("github.clientSecret", None)  # nobody has its passphrase
    engine = engine_with_stand_in(built_engine, tmp_path)
    stack = make_stack(name, tmp_path, engine, tmp_path / "none", values)
    set_secret(stack, "github.clientSecret", "the-client-secret")
    printed = succeed(stack, "preview", "--diff")
    assert "the-client-secret" not in printed
    (count,) = re.findall(r"\+ (\d+) to create", printed)
    assert says.format(count) in (CHECKOUT / "docs" / page).read_text()
