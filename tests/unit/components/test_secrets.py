from typing import Any

from tests.recorder import SECRET, Record
from tests.unit.components.stacks import pod_specs, record_hub, text_of


def test_both_tokens_are_in_secrets_of_their_own(hub: Record) -> None:
    contents = [value for secret in hub.of("Secret") for value in secret.inputs["stringData"].values()]
    proxy_token, cookie_secret = sorted(contents)
    assert proxy_token.startswith(f"{SECRET} tf-hub-proxy-token.value")
    assert cookie_secret.startswith(f"{SECRET} tf-hub-secret-cookie.value")


def test_the_content_of_a_secret_is_never_shown_or_stored_in_plain_text(hub: Record) -> None:
    assert SECRET in text_of([resource.inputs for resource in hub.resources])
    assert SECRET not in text_of([resource.public for resource in hub.resources])


def test_no_secret_is_anywhere_but_in_a_secret(hub: Record) -> None:
    assert SECRET not in text_of([resource.inputs for resource in hub.resources if resource.kind != "Secret"])
    assert SECRET not in text_of(hub.outputs)


def test_pods_take_secrets_by_reference_to_a_key_that_is_there(hub: Record) -> None:
    keys = {secret.answer["metadata"]["name"]: set(secret.inputs["stringData"]) for secret in hub.of("Secret")}
    references = {
        name: {variable["name"]: reference for variable, reference in _references(spec)}
        for name, spec in pod_specs(hub).items()
    }
    assert set(references["tf-hub"]) == {"CONFIGPROXY_AUTH_TOKEN", "JPY_COOKIE_SECRET"}
    assert set(references["tf-hub-proxy"]) == {"CONFIGPROXY_AUTH_TOKEN"}
    for reference in (reference for pod in references.values() for reference in pod.values()):
        assert reference["key"] in keys[reference["name"]]


def test_hub_and_proxy_share_the_proxys_token_and_nothing_else(hub: Record) -> None:
    by_pod = {name: {reference["name"] for _, reference in _references(spec)} for name, spec in pod_specs(hub).items()}
    (shared,) = by_pod["tf-hub"] & by_pod["tf-hub-proxy"]
    assert by_pod["tf-hub-proxy"] == {shared}
    assert shared.startswith("tf-hub-proxy-token")


def test_raising_the_generation_gives_every_pod_other_secrets(hub: Record) -> None:
    old, new = (
        {reference["name"] for spec in pod_specs(record).values() for _, reference in _references(spec)}
        for record in (hub, record_hub({"secrets.generation": 2}))
    )
    assert len(old) == len(new) == 2
    assert old.isdisjoint(new)


def _references(spec: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        (variable, variable["valueFrom"]["secretKeyRef"])
        for container in spec["containers"]
        for variable in container["env"]
        if "valueFrom" in variable
    ]
