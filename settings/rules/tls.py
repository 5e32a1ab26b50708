"""What https on a load balancer demands of the keys of `endpoint`. No message repeats a value."""

from typing import Final

from settings.groups.endpoint import EndpointSettings
from settings.types.certificate import certificate_flaws, holds_private_key, key_flaws
from settings.types.secret import SEALED

_SET_KEY: Final = "pulumi config set --secret endpoint.tlsKey < key.pem"
_KEY_IN_PLAIN_TEXT: Final = (
    "has a private key in it, where everybody who sees the stack file can read it. Renew the pair, then set the "
    f"certificate alone, and the key with: {_SET_KEY}"
)


def tls_mistakes(endpoint: EndpointSettings) -> list[str]:
    """Returns what is wrong with the certificate of a load balancer, however that is given."""
    if not endpoint.has_tls and endpoint.tls_key is None:
        return []
    mistakes = _pair_mistakes(endpoint)
    if endpoint.hostname is None:
        mistakes.append(
            "endpoint.hostname: is not set, but a certificate is for a name: "
            "pulumi config set endpoint.hostname hub.example.org"
        )
    if endpoint.tls_secret is not None and (endpoint.tls_certificate is not None or endpoint.tls_key is not None):
        mistakes.append(
            "endpoint.tlsSecret: names a Secret with a certificate, but endpoint.tlsCertificate or endpoint.tlsKey is "
            "set too; for those: pulumi config rm endpoint.tlsSecret"
        )
    return mistakes


def _pair_mistakes(endpoint: EndpointSettings) -> list[str]:
    certificate, key = endpoint.tls_certificate, endpoint.tls_key
    mistakes: list[str] = []
    if certificate is not None:
        mistakes += _certificate_mistakes(certificate, endpoint.hostname)
        if key is None:
            mistakes.append(f"endpoint.tlsKey: is not set, but endpoint.tlsCertificate needs it: {_SET_KEY}")
    elif key is not None:
        mistakes.append(
            "endpoint.tlsCertificate: is not set, but endpoint.tlsKey is its key: "
            "pulumi config set endpoint.tlsCertificate < certificate.pem"
        )
    if key is not None and key != SEALED:
        flaws = key_flaws(key.get_secret_value(), certificate=certificate or "")
        mistakes += [f"endpoint.tlsKey: {flaw}" for flaw in flaws]
    return mistakes


def _certificate_mistakes(certificate: str, hostname: str | None) -> list[str]:
    if holds_private_key(certificate):
        flaws = [_KEY_IN_PLAIN_TEXT]
    else:
        flaws = certificate_flaws(certificate, hostname=hostname)
    return [f"endpoint.tlsCertificate: {flaw}" for flaw in flaws]
