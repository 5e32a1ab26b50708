from collections.abc import Mapping
from typing import Any

import pytest

from components import hub_secret
from tests.doubles.monitor import SECRET, Record
from tests.stacks import POSTGRESQL, pod_specs, record_hub, settings_with, text_of

GITHUB: Mapping[str, object] = {
    "auth.type": "github",
    "github.clientId": "Iv1.0123456789abcdef",
    "github.clientSecret": "a marker",
    "github.organizations": ["physics"],
    "auth.userPassword": "a marker of people",
    "auth.adminPassword": "a marker of admins, thirty-two of letters",
    **POSTGRESQL,
    "auth.secretEnvironment": {"OAUTH_CLIENT_SECRET": "a marker beside"},
}


@pytest.fixture(scope="module")
def hub() -> Record:
    return record_hub(GITHUB)


def test_every_secret_value_is_in_a_secret_by_variable_name(hub: Record) -> None:
    (of_proxy,) = [secret for secret in hub.of("Secret") if "token" in secret.inputs["stringData"]]
    assert of_proxy.inputs["stringData"]["token"].startswith(f"{SECRET} tf-hub-proxy-token.value")
    (of_hub,) = [secret for secret in hub.of("Secret") if secret != of_proxy]
    content = dict(of_hub.inputs["stringData"])
    assert content.pop("JPY_COOKIE_SECRET").startswith(f"{SECRET} tf-hub-secret-cookie.value")
    assert content.pop("JUPYTERHUB_CRYPT_KEY").startswith(f"{SECRET} tf-hub-secret-crypt-key.value")
    assert content == {
        "GITHUB_CLIENT_ID": GITHUB["github.clientId"],
        "GITHUB_CLIENT_SECRET": GITHUB["github.clientSecret"],
        "JUPYTERHUB_USER_PASSWORD": GITHUB["auth.userPassword"],
        "JUPYTERHUB_ADMIN_PASSWORD": GITHUB["auth.adminPassword"],
        "JUPYTERHUB_DATABASE_URL": POSTGRESQL["database.url"],
        "OAUTH_CLIENT_SECRET": "a marker beside",
    }


def test_secret_values_are_marked_as_secret(hub: Record) -> None:
    for marker in (SECRET, "a marker", "a-marker"):
        assert marker in text_of([resource.inputs for resource in hub.resources])
        assert marker not in text_of([resource.public for resource in hub.resources])


def test_secret_values_are_in_no_other_object_or_output(hub: Record) -> None:
    for marker in (SECRET, "a marker", "a-marker"):
        assert marker not in text_of([resource.inputs for resource in hub.resources if resource.kind != "Secret"])
        assert marker not in text_of(hub.outputs)


def test_pods_reference_existing_keys_of_secrets(hub: Record) -> None:
    keys = {secret.answer["metadata"]["name"]: set(secret.inputs["stringData"]) for secret in hub.of("Secret")}
    references = {
        name: {variable["name"]: reference for variable, reference in _references(spec)}
        for name, spec in pod_specs(hub).items()
    }
    assert set(references["tf-hub"]) == {"CONFIGPROXY_AUTH_TOKEN", *hub_secret.variables(settings_with(GITHUB))}
    assert set(references["tf-hub-proxy"]) == {"CONFIGPROXY_AUTH_TOKEN"}
    for reference in (reference for pod in references.values() for reference in pod.values()):
        assert reference["key"] in keys[reference["name"]]


def test_hub_and_proxy_share_only_the_proxy_token(hub: Record) -> None:
    by_pod = {name: {reference["name"] for _, reference in _references(spec)} for name, spec in pod_specs(hub).items()}
    (shared,) = by_pod["tf-hub"] & by_pod["tf-hub-proxy"]
    assert by_pod["tf-hub-proxy"] == {shared}
    assert shared.startswith("tf-hub-proxy-token")


@pytest.mark.parametrize(
    ("changes", "restarted"),
    [
        ({"secrets.cookieGeneration": 2}, {"tf-hub"}),
        ({"secrets.cryptKeyGeneration": 2}, {"tf-hub"}),
        ({"secrets.proxyTokenGeneration": 2}, {"tf-hub", "tf-hub-proxy"}),
        ({"github.clientSecret": "another"}, {"tf-hub"}),
        ({"database.url": "postgresql://hub:another@db.example.org/hub"}, {"tf-hub"}),
        ({"auth.secretEnvironment": {"OAUTH_CLIENT_SECRET": "another"}}, {"tf-hub"}),
    ],
    ids=["cookie", "crypt key", "proxy token", "client secret", "database", "environment"],
)
def test_a_changed_secret_restarts_only_the_pods_that_read_it(
    hub: Record, changes: dict[str, object], restarted: set[str]
) -> None:
    before, after = pod_specs(hub), pod_specs(record_hub({**GITHUB, **changes}))
    assert {name for name in before if before[name] != after[name]} == restarted


def _references(spec: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        (variable, variable["valueFrom"]["secretKeyRef"])
        for container in spec["containers"]
        for variable in container["env"]
        if "valueFrom" in variable
    ]
