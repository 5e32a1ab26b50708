from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

import settings
from settings.types.certificate import certificate_errors, key_errors
from tests.doubles.certificates import CA_CERTIFICATE, pair

HOST = "hub.example.org"
STACK = {
    "auth.type": "shared-password",
    "auth.userPassword": "a password",
    "images.repository": "registry.example.org/hub",
    "endpoint.hostname": HOST,
}
SECRETS = {"auth.userPassword", "endpoint.tlsKey"}


@pytest.mark.parametrize("names", [[HOST], ["*.example.org"], ["lab.example.org", "HUB.example.org"]])
def test_a_certificate_for_the_host_name_is_accepted_with_its_key(names: list[str]) -> None:
    certificate, key = pair(*names)
    chain = certificate + CA_CERTIFICATE
    assert certificate_errors(chain, hostname=HOST) == []
    assert key_errors(key, certificate=chain) == []
    found = settings.parse({**STACK, "endpoint.tlsCertificate": chain, "endpoint.tlsKey": key}, encrypted=SECRETS)
    assert found.public_url == f"https://{HOST}"
    assert found.port_forward_command.endswith("svc/tf-hub-lb 8443:443")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["lab.example.org", "*.lab.example.org"], "lab.example.org, *.lab.example.org"),
        (["example.org"], "example.org"),
        (["a.hub.example.org"], "a.hub.example.org"),
        (["203.0.113.7"], "no host name"),
    ],
)
def test_a_certificate_for_other_names_is_refused_with_these_names(names: list[str], told: str) -> None:
    (flaw,) = certificate_errors(pair(*names)[0], hostname=HOST)
    assert f"not for endpoint.hostname, but for {told};" in flaw


def test_an_expired_certificate_is_refused_with_its_date() -> None:
    (flaw,) = certificate_errors(pair(HOST, valid=timedelta(days=-2))[0], hostname=HOST)
    assert f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}" in flaw


def test_a_key_of_another_certificate_or_a_wrong_chain_is_refused() -> None:
    certificate, key = pair(HOST)
    assert "does not belong" in key_errors(pair(HOST)[1], certificate=certificate)[0]
    assert "has to be its first" in key_errors(key, certificate=CA_CERTIFICATE + certificate)[0]


@pytest.mark.parametrize(
    "key", ["", "key.pem", "-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----", "\ud800"]
)
def test_a_text_that_is_not_a_key_is_refused(key: str) -> None:
    assert "no private key in PEM form" in key_errors(key, certificate="")[0]


def test_a_key_with_a_passphrase_is_refused_with_the_fix() -> None:
    locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"a word")
    )
    assert "openssl pkey" in key_errors(locked.decode(), certificate="")[0]


def test_all_mistakes_of_a_pair_are_reported_without_the_key() -> None:
    certificate, key = pair("lab.example.org")[0], pair(HOST)[1]
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({**STACK, "endpoint.tlsCertificate": certificate, "endpoint.tlsKey": key}, encrypted=SECRETS)
    assert [mistake.partition(":")[0] for mistake in caught.value.mistakes] == [
        "endpoint.tlsCertificate",
        "endpoint.tlsKey",
    ]
    assert not any(line in str(caught.value) for line in (*key.splitlines(), *certificate.splitlines()))


def test_no_message_contains_a_key_in_place_of_the_certificate() -> None:
    _, key = pair(HOST)
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({**STACK, "endpoint.tlsCertificate": key, "endpoint.tlsKey": key}, encrypted=SECRETS)
    assert "contains a private key" in str(caught.value)
    assert not any(line in str(caught.value) for line in key.splitlines())
