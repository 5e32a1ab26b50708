"""Settings of the hub's pod that depend on each other, with secrets."""

import pytest

from settings import SettingsError
from tests.stacks import settings_with


def test_a_variable_of_the_hub_comes_from_one_place() -> None:
    with pytest.raises(SettingsError) as error:
        settings_with(
            {
                "auth.type": "custom",
                "auth.customClass": "oauthenticator.google.GoogleOAuthenticator",
                "auth.secretEnvironment": '{"B": "a secret", "C": "a secret"}',
                "hub.environment": {"A": "a", "B": "b"},
                "hub.secretKeyRefs": {"A": {"secret": "s", "key": "k"}, "C": {"secret": "s", "key": "k"}},
            }
        )
    assert error.value.mistakes == (
        "auth.secretEnvironment.C: is in hub.secretKeyRefs too; keep it in one of the two",
        "hub.environment.A: is in hub.secretKeyRefs too; keep it in one of the two",
        "hub.environment.B: is in auth.secretEnvironment too; keep it in one of the two",
    )


def test_a_variable_that_seems_to_be_a_secret_is_told() -> None:
    found = settings_with(
        {"hub.environment": {"API_TOKEN": "abcdefgh", "CA_TOKEN": "/etc/token", "USER": "x"}}
    ).warnings
    assert [warning.partition(":")[0] for warning in found] == ["hub.environment.API_TOKEN"]
