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
def test_the_public_url_is_the_one_set_or_that_of_the_name_or_that_of_the_address(
    values: dict[str, str], url: str | None
) -> None:
    assert settings.parse({**CLOSED, **values}, encrypted={"auth.adminPassword"}).public_url == url


@pytest.mark.parametrize("values", [{}, GKE, {"publicUrl": "http://127.0.0.1:9000"}])
def test_dummy_sign_in_may_be_used_where_only_a_port_forward_leads(values: dict[str, str]) -> None:
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
def test_dummy_sign_in_needs_an_explicit_permission_where_others_may_come(values: dict[str, str]) -> None:
    with pytest.raises(settings.SettingsError, match=r"1 mistake:\n  \* auth\.type: dummy lets anybody in"):
        settings.parse({**DUMMY, **values})
    settings.parse({**DUMMY, **values, "auth.allowAnyoneFromTheInternet": "true"})


def test_a_zone_that_is_an_empty_map_is_none() -> None:
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
def test_an_address_on_gke_is_of_ipv4_and_private_just_for_an_internal_load_balancer(
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
def test_an_internal_address_of_a_created_cluster_is_one_that_its_subnet_has_to_give(
    address: str,
    accepted: bool,  # noqa: FBT001 a column of the table
) -> None:
    created = {**GKE, "cluster.mode": "create", "cluster.authorizedNetworks": '["203.0.113.0/24"]'}
    assert _is_accepted({**created, "endpoint.internal": "true", "endpoint.address": address}) == accepted


def test_an_ipv6_address_is_taken_where_the_cluster_is_not_known_to_be_of_gke() -> None:
    assert _is_accepted({"endpoint.address": "2001:db8::7"})


def _is_accepted(values: dict[str, str]) -> bool:
    try:
        settings.parse({**CLOSED, **values}, encrypted={"auth.adminPassword"})
    except settings.SettingsError as error:
        return [mistake.partition(":")[0] for mistake in error.mistakes] != ["endpoint.address"]
    return True
