import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.dynamic.token import Token, TokenArgs, TokenProvider
from tests.doubles.monitor import SECRET, Record, record

_ROOT = Path(__file__).parents[3]
PROPS: dict[str, Any] = {"generation": 1, "keep_previous": False}


@pytest.fixture(scope="module")
def token() -> Record:
    return record(lambda: Token("token", TokenArgs(generation=3)))


def _pickle(token: Record) -> str:
    return str(token.one("Token").inputs["__provider"])


def test_a_token_is_32_random_bytes() -> None:
    tokens = {str((TokenProvider().create(PROPS).outs or {})["value"]) for _ in range(10)}
    assert len(tokens) == 10
    assert {len(bytes.fromhex(token)) for token in tokens} == {32}


def test_the_id_reveals_nothing_about_the_token() -> None:
    result = TokenProvider().create(PROPS)
    assert result.id not in (result.outs or {})["value"]


def test_a_token_changes_with_its_generation_only() -> None:
    old = {**(TokenProvider().create(PROPS).outs or {}), "__provider": "of an older version"}
    same = TokenProvider().diff("id", old, {"generation": 1.0, "__provider": "of this version"})
    other = TokenProvider().diff("id", old, {"generation": 2.0, "__provider": "of this version"})
    assert (same.changes, other.changes) == (False, True)


@pytest.mark.parametrize("keep", [False, True])
def test_a_renewed_token_keeps_the_previous_one_if_configured(keep: bool) -> None:  # noqa: FBT001 a parameter
    state: dict[str, Any] = {**PROPS, "value": "first"}
    seen: list[list[str]] = []
    for generation in (2, 3):
        news = {"generation": generation, "keep_previous": keep}
        state = TokenProvider().update("id", state, news).outs or {}
        seen.append(str(state["value"]).split(";"))
    second, third = seen
    assert len({*second, *third}) == (3 if keep else 2)
    assert second[1:] == (["first"] if keep else [])
    assert third[1:] == (second[:1] if keep else [])


def test_the_value_is_secret(token: Record) -> None:
    assert token.one("Token").answer["value"] is not None
    assert SECRET not in str(token.one("Token").inputs)


def test_the_inputs_of_a_token_are_its_generation_and_the_provider(token: Record) -> None:
    assert set(token.one("Token").inputs) == {"generation", "keep_previous", "__provider"}
    assert token.one("Token").inputs["generation"] == 3


def test_the_state_refers_to_the_provider_without_its_code(token: Record) -> None:
    pickle = base64.b64decode(_pickle(token))
    assert b"components.dynamic.token" in pickle
    assert b"token_hex" not in pickle
    assert len(pickle) < 100


def test_the_process_of_the_dynamic_provider_can_load_it(token: Record) -> None:
    code = (
        "import base64, dill, sys; provider = dill.loads(base64.b64decode(sys.argv[1])); "
        "print(provider.create({'generation': 1, 'keep_previous': False}).outs['value'])"
    )
    # Pulumi starts it in the folder of the project, which `-m` and `-c` add to the import path.
    done = subprocess.run(
        [sys.executable, "-c", code, _pickle(token)], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    assert len(bytes.fromhex(done.stdout.strip())) == 32
