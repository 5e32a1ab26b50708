from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components import hub_config
from hub.contract import HubConfig
from hub.contract_services import Role, Service
from tests.doubles.monitor import SECRET, Record
from tests.stacks import pod_specs, record_hub, settings_with, text_of

_SERVICES: list[Mapping[str, object]] = [
    {"name": "dask-gateway", "url": "http://traefik.dask", "fromNotebooks": True, "namespace": "dask"},
    {
        "name": "binder",
        "redirectUrl": "https://binder.example.org/oauth_callback",
        "scopes": ["admin:users"],
        "organizations": ["physics"],
        "users": ["Ada"],
    },
]
GITHUB: Mapping[str, object] = {
    "auth.type": "github",
    "github.clientId": "Iv1.0123456789abcdef",
    "github.clientSecret": "a marker",
    "github.organizations": ["physics"],
    "hub.services": _SERVICES,
    "hub.roles": [{"name": "staff", "scopes": ["list:users"], "organizations": ["physics:staff"]}],
}


@pytest.fixture(scope="module")
def hub() -> Record:
    return record_hub(GITHUB)


def _content(record: Record) -> dict[str, Any]:
    """Return the values of the Secret of the hub."""
    (secret,) = [one for one in record.of("Secret") if "JPY_COOKIE_SECRET" in one.inputs["stringData"]]
    return secret.inputs["stringData"]


def test_each_service_has_a_token_of_its_own_in_the_secret_of_the_hub(hub: Record) -> None:
    content = _content(hub)
    tokens = [content[f"JUPYTERHUB_SERVICE_TOKEN_{name}"] for name in ("DASK_GATEWAY", "BINDER")]
    assert len(set(tokens)) == 2
    assert all(token.startswith(f"{SECRET} tf-hub-secret-services-") for token in tokens)
    variables = {variable["name"] for variable in pod_specs(hub)["tf-hub"]["containers"][0]["env"]}
    assert {"JUPYTERHUB_SERVICE_TOKEN_DASK_GATEWAY", "JUPYTERHUB_SERVICE_TOKEN_BINDER"} <= variables


def test_the_namespace_of_a_service_has_a_secret_with_its_token_and_no_other(hub: Record) -> None:
    (secret,) = [one for one in hub.of("Secret") if one.inputs["metadata"]["namespace"] == "dask"]
    assert secret.inputs["metadata"]["name"] == "tf-hub-service-dask-gateway"
    assert secret.inputs["stringData"] == {"token": _content(hub)["JUPYTERHUB_SERVICE_TOKEN_DASK_GATEWAY"]}


def _exports(record: Record) -> dict[str, Any]:
    return next(outputs for urn, outputs in record.outputs.items() if urn.endswith("jupyterhub:JupyterHub::tf-hub"))


def test_tokens_are_exported_as_secrets_and_are_nowhere_in_plain_text(hub: Record) -> None:
    assert _exports(hub)["service_tokens"] == "[secret]"
    assert "tf-hub-secret-services-binder" not in text_of([one.public for one in hub.resources if one.kind != "Token"])
    assert "tf-hub-secret-services-binder.value" not in text_of([one.public for one in hub.resources])
    assert "tf-hub-secret-services-binder.value" not in text_of([one.inputs for one in hub.of("ConfigMap")])


def test_a_stack_without_services_exports_no_tokens() -> None:
    assert "service_tokens" not in _exports(record_hub())


def test_a_renewed_token_restarts_the_hub_only(hub: Record) -> None:
    dask, binder = _SERVICES
    after = record_hub({**GITHUB, "hub.services": [dask, {**binder, "tokenGeneration": 2}]})
    changed = {name for name, value in _content(hub).items() if _content(after)[name] != value}
    assert changed == {"JUPYTERHUB_SERVICE_TOKEN_BINDER"}
    before = pod_specs(hub)
    assert {name for name, spec in pod_specs(after).items() if spec != before[name]} == {"tf-hub"}


def test_hub_json_has_services_and_roles_and_the_hub_keeps_their_organizations_as_groups(hub: Record) -> None:
    config = HubConfig.model_validate_json(hub.one("ConfigMap").inputs["data"]["hub.json"])
    dask = Service(
        name="dask-gateway",
        url="http://traefik.dask",
        display=True,
        redirect_url=None,
        skip_consent=False,
        scopes=(),
        sign_in_scopes=(),
        from_notebooks=True,
        users=(),
        groups=(),
    )
    binder = {
        "name": "binder",
        "url": None,
        "redirect_url": "https://binder.example.org/oauth_callback",
        "scopes": ("admin:users",),
        "from_notebooks": False,
        "users": ("ada",),
        "groups": ("physics",),
    }
    assert config.services == (dask, dask.model_copy(update=binder))
    staff = Role(name="staff", description="", scopes=("list:users",), users=(), groups=("physics:staff",), services=())
    assert config.roles == (staff,)
    assert config.sign_in.github.groups == ("physics", "physics:staff")


def test_groups_have_their_users_and_their_order_does_not_matter() -> None:
    groups = {"staff": ["ada"], "course": ["Bob", "eve"]}
    texts = [
        record_hub({"hub.groups": values}).one("ConfigMap").inputs["data"]["hub.json"]
        for values in (groups, dict(reversed(groups.items())))
    ]
    assert texts[0] == texts[1]
    assert HubConfig.model_validate_json(texts[0]).groups == {"course": ("bob", "eve"), "staff": ("ada",)}


def test_a_scope_that_jupyterhub_does_not_have_is_told_with_its_setting() -> None:
    values = {
        "hub.services": [{"name": "grader", "url": "http://a.b", "scopes": ["lst:users"], "signInScopes": ["nowhere"]}],
        "hub.roles": [{"name": "staff", "scopes": ["list:users", "list:userz!group=a"], "users": ["ada"]}],
    }
    with pytest.raises(pulumi.RunError) as caught, hub_config.checked(settings_with(values)):
        pass
    place = "hub.roles and hub.services: JupyterHub.load_roles"
    lines = str(caught.value).splitlines()[1:]
    assert [line.strip(" *") for line in lines] == [
        f"{place}: service-grader: Scope 'lst:users' for role service-grader does not exist",
        f"{place}: staff: Scope 'list:userz!group=a' for role staff does not exist",
        "hub.services: JupyterHub.services: grader: Scope 'nowhere' for signing in does not exist",
    ]
