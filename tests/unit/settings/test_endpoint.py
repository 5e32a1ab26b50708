import pytest

import settings

IMAGES = {"images.repository": "registry.example.org/hub"}
DUMMY = {"auth.type": "dummy", **IMAGES}
CLOSED = {"auth.type": "native", "auth.adminUsers": '["ada"]', "auth.adminPassword": "x" * 32, **IMAGES}
GKE = {"gcp.project": "my-project-123", "cluster.mode": "existing", "cluster.location": "europe-west1"}
GATEWAY = {**GKE, "endpoint.type": "gateway", "endpoint.hostname": "hub.example.org"}


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, None),
        (GKE, None),
        ({"endpoint.address": "203.0.113.7"}, "http://203.0.113.7"),
        ({"endpoint.hostname": "hub.example.org"}, "http://hub.example.org"),
        ({"endpoint.hostname": "hub.example.org", "endpoint.address": "203.0.113.7"}, "http://hub.example.org"),
        (
            {"endpoint.hostname": "hub.example.org", "publicUrl": "https://HUB.example.org:8443"},
            "https://HUB.example.org:8443",
        ),
        (GATEWAY, "https://hub.example.org"),
        ({"endpoint.type": "none"}, "http://localhost:8000"),
        ({"endpoint.type": "none", "publicUrl": "https://hub.example.org"}, "https://hub.example.org"),
    ],
)
def test_the_public_url_defaults_to_the_host_name_or_the_address(values: dict[str, str], url: str | None) -> None:
    assert settings.parse({**CLOSED, **values}, encrypted={"auth.adminPassword"}).public_url == url


@pytest.mark.parametrize("values", [{}, GKE, {"publicUrl": "http://127.0.0.1:9000"}])
def test_dummy_sign_in_is_accepted_with_port_forwarding_only(values: dict[str, str]) -> None:
    assert settings.parse({**DUMMY, "endpoint.type": "none", **values}).auth.type == "dummy"


@pytest.mark.parametrize(
    "values",
    [
        {"endpoint.type": "none", "publicUrl": "https://hub.example.org"},
        {"endpoint.internal": "true"},
        {"endpoint.internal": "true", "endpoint.address": "10.0.0.9"},
        {"endpoint.internal": "true", "endpoint.address": "127.0.0.1"},
        {"endpoint.address": "127.0.0.1", "endpoint.hostname": "hub.example.org"},
        {"endpoint.sourceRanges": '["203.0.113.7/32"]'},
        GKE,
        {**GKE, "endpoint.internal": "true"},
        GATEWAY,
    ],
)
def test_dummy_sign_in_on_a_public_address_needs_a_permission(values: dict[str, str]) -> None:
    with pytest.raises(settings.SettingsError, match=r"1 mistake:\n  \* auth\.type: dummy lets anybody in"):
        settings.parse({**DUMMY, **values})
    settings.parse({**DUMMY, **values, "auth.allowAnyoneFromTheInternet": "true"})


def test_an_empty_map_is_no_dns_zone() -> None:
    """Pulumi fills in the default of Pulumi.yaml, and a map has no other."""
    assert settings.parse({**DUMMY, "endpoint.type": "none", "endpoint.dnsZone": {}}).endpoint.dns_zone is None


@pytest.mark.parametrize(
    ("address", "values", "accepted"),
    [
        ("203.0.113.7", {}, True),
        ("100.63.255.255", {}, True),
        ("10.0.0.7", {}, False),
        ("172.16.0.1", {}, False),
        ("100.64.0.1", {}, False),
        ("10.0.0.7", {"endpoint.internal": "true"}, True),
        ("10.99.0.7", {"endpoint.internal": "true"}, True),
        ("2600:1901::7", {}, False),
        ("fd20::7", {"endpoint.internal": "true"}, False),
    ],
)
def test_an_address_on_gke_is_ipv4_and_private_if_internal(
    address: str,
    values: dict[str, str],
    accepted: bool,  # noqa: FBT001 a column of the table
) -> None:
    assert _is_accepted({**GKE, **values, "endpoint.address": address}) == accepted


@pytest.mark.parametrize(
    ("address", "accepted"),
    [
        *[("10.0.0.2", True), ("10.0.15.253", True)],
        *[("10.0.0.0", False), ("10.0.0.1", False), ("10.0.15.254", False), ("10.0.15.255", False)],
        *[("10.0.16.2", False), ("10.4.0.2", False)],
    ],
)
def test_an_internal_address_of_a_created_cluster_is_in_its_subnet(
    address: str,
    accepted: bool,  # noqa: FBT001 a column of the table
) -> None:
    created = {**GKE, "cluster.mode": "create"}
    assert _is_accepted({**created, "endpoint.internal": "true", "endpoint.address": address}) == accepted


def test_an_ipv6_address_is_accepted_without_gke() -> None:
    assert _is_accepted({"endpoint.address": "2001:db8::7"})


def _is_accepted(values: dict[str, str]) -> bool:
    try:
        settings.parse({**CLOSED, **values}, encrypted={"auth.adminPassword"})
    except settings.SettingsError as error:
        return [mistake.partition(":")[0] for mistake in error.mistakes] != ["endpoint.address"]
    return True
