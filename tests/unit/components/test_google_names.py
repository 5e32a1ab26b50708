"""Names of Google Cloud resources are valid for the longest names in the settings."""

from collections.abc import Mapping

import pytest

import settings
from settings.reading.keys import SECRETS
from settings.rules.names import LONGEST_HOSTNAME, LONGEST_WITH_CERTIFICATE
from tests.doubles.google import ids, sdk
from tests.doubles.google.rules import FORMS, broken
from tests.doubles.monitor import Record, Registration
from tests.stacks import CLOUD_SQL, GATEWAY, GKE, IAP, record_settings

_PROJECT = "p" * 30
_HOSTNAME = f"{'h' * (LONGEST_HOSTNAME - len('.example.org'))}.example.org"
_ACCOUNT = f"{'a' * 30}@{_PROJECT}.iam.gserviceaccount.com"
_LONG: Mapping[str, object] = {
    **GKE,
    **CLOUD_SQL,
    "namespace": "n" * 53,
    "gcp.project": _PROJECT,
    "cluster.name": "c" * 40,
    "nodes.gpu": [{"name": "g" * 22, "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}],
    "identity.hubServiceAccount": _ACCOUNT,
    "identity.notebookServiceAccount": _ACCOUNT,
    "identity.notebooks": [{"name": "i" * 53, "googleServiceAccount": _ACCOUNT, "users": ["ada"]}],
    "images.repository": f"northamerica-northeast1-docker.pkg.dev/{_PROJECT}/{'r' * 63}",
    "registry.create": True,
    "registry.remotes": ["docker.io"],
    "backup.days": 14,
}
_ZONE = {"name": "z" * 63, "domain": "example.org"}
_ENDPOINTS: Mapping[str, tuple[int, Mapping[str, object]]] = {
    "gateway": (LONGEST_WITH_CERTIFICATE, {**GATEWAY, "endpoint.hostname": _HOSTNAME, "endpoint.dnsZone": _ZONE}),
    "gateway-with-iap": (
        LONGEST_WITH_CERTIFICATE,
        {**GATEWAY, **IAP, "endpoint.hostname": _HOSTNAME, "endpoint.sourceRanges": ["203.0.113.0/24"]},
    ),
    "load-balancer": (40, {"endpoint.dnsZone": _ZONE, "endpoint.hostname": _HOSTNAME}),
    "given-address": (40, {"endpoint.address": "203.0.113.77"}),
    "none": (40, {"endpoint.type": "none"}),
}
"""By endpoint: the maximum length of `name`, and the settings."""


def _settings(endpoint: str) -> settings.Settings:
    longest, values = _ENDPOINTS[endpoint]
    return settings.parse({**_LONG, **values, "name": "x" * longest}, encrypted=SECRETS)


def _named(resource: Registration) -> bool:
    return "name" in sdk.inputs(sdk.arguments_class(resource.type)) or resource.type in FORMS


def _google(record: Record) -> list[Registration]:
    return [resource for resource in record.resources if resource.type.startswith("gcp:") and _named(resource)]


def _refused(resource: Registration) -> list[str]:
    name = ids.auto_name(resource.name, resource.urn, b"")
    return [f"{resource.urn}: {failure}" for failure in broken(resource.type, {"name": name, **resource.inputs})]


@pytest.mark.parametrize("endpoint", _ENDPOINTS)
def test_the_longest_allowed_settings_make_valid_google_names(endpoint: str) -> None:
    resources = _google(record_settings(_settings(endpoint)))
    assert len(resources) > 10
    assert {resource.type for resource in resources} - set(FORMS) == set(), (
        "tests/doubles/google/rules.py lacks their patterns"
    )
    assert [refusal for resource in resources for refusal in _refused(resource)] == []


def test_a_longer_name_is_refused_by_the_settings_and_by_google() -> None:
    longest, values = _ENDPOINTS["gateway"]
    good = _settings("gateway")
    too_long = good.model_copy(update={"name": f"{good.name}x"})
    assert [refusal for resource in _google(record_settings(too_long)) for refusal in _refused(resource)]
    with pytest.raises(settings.SettingsError, match=f"1 mistake:\n  \\* name: .* {longest} characters"):
        settings.parse({**_LONG, **values, "name": too_long.name}, encrypted=SECRETS)


def test_the_id_of_the_node_account_is_valid_for_every_cluster_name() -> None:
    for name in ("c", "c" * 40, f"{'c' * 23}-c"):
        of = _settings("none")
        cluster = of.cluster.model_copy(update={"name": name})
        account = record_settings(of.model_copy(update={"cluster": cluster})).one("Account")
        assert _refused(account) == []


def test_a_longer_name_is_accepted_without_google_resources() -> None:
    settings.parse(
        {
            "auth.type": "dummy",
            "endpoint.address": "127.100.0.10",
            "images.repository": "registry.example.org/hub",
            "name": "x" * 40,
        }
    )
