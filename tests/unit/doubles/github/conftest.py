import secrets
from collections.abc import Generator

import pytest

from tests.doubles.github import GitHub
from tests.unit.doubles.github.asking import CALLBACK


@pytest.fixture
def github() -> Generator[GitHub]:
    with GitHub(client_id="hub", client_secret=secrets.token_hex(20), callback_url=CALLBACK) as github:
        github.add_person("Ada", name="Ada Lovelace", email="ada@example.org")
        github.add_person("bob")
        yield github
