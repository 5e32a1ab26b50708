"""Rules of https on a load balancer and an Ingress. No error repeats a value."""

from typing import Final

from settings.groups.endpoint import EndpointSettings
from settings.types.certificate import certificate_errors, holds_private_key, key_errors
from settings.types.secret import SEALED

_WITH_CERTIFICATE: Final = ("load-balancer", "ingress")
"""Types of endpoints that serve a certificate of the stack."""
_SET_KEY: Final = "pulumi config set --secret endpoint.tlsKey < key.pem"
_KEY_IN_PLAIN_TEXT: Final = (
    "contains a private key, which everybody who sees the stack file can read. Renew the pair, then set the "
    f"certificate alone, and the key with: {_SET_KEY}"
)


def pair_errors(endpoint: EndpointSettings) -> list[str]:
    """Report mistakes in the certificate, in the private key, and between the two."""
    if endpoint.type not in _WITH_CERTIFICATE:
        return []
    certificate, key = endpoint.tls_certificate, endpoint.tls_key
    errors: list[str] = []
    if certificate is not None:
        problems = (
            [_KEY_IN_PLAIN_TEXT]
            if holds_private_key(certificate)
            else certificate_errors(certificate, hostname=endpoint.hostname)
        )
        errors += [f"endpoint.tlsCertificate: {problem}" for problem in problems]
        if key is None:
            errors.append(f"endpoint.tlsKey: is not set, but endpoint.tlsCertificate needs it: {_SET_KEY}")
    elif key is not None:
        errors.append(
            "endpoint.tlsCertificate: is not set, but endpoint.tlsKey is its key: "
            "pulumi config set endpoint.tlsCertificate < certificate.pem"
        )
    if key is not None and key != SEALED:
        problems = key_errors(key.get_secret_value(), certificate=certificate or "")
        errors += [f"endpoint.tlsKey: {problem}" for problem in problems]
    return errors


def secret_errors(endpoint: EndpointSettings) -> list[str]:
    """Report a certificate without a host name, and one that is set twice."""
    pair = endpoint.tls_certificate, endpoint.tls_key
    if endpoint.type not in _WITH_CERTIFICATE or not (endpoint.has_certificate or any(pair)):
        return []
    errors: list[str] = []
    if endpoint.hostname is None and endpoint.type == "load-balancer":
        errors.append(
            "endpoint.hostname: is not set, but a certificate is for a name: "
            "pulumi config set endpoint.hostname hub.example.org"
        )
    if endpoint.tls_secret is not None and any(pair):
        errors.append(
            "endpoint.tlsSecret: names a Secret with a certificate, but endpoint.tlsCertificate or endpoint.tlsKey is "
            "set too; for those: pulumi config rm endpoint.tlsSecret"
        )
    if endpoint.cert_manager is not None:
        errors += _cert_manager_errors(endpoint)
    return errors


def _cert_manager_errors(endpoint: EndpointSettings) -> list[str]:
    errors: list[str] = []
    if any((endpoint.tls_secret, endpoint.tls_certificate, endpoint.tls_key)):
        errors.append(
            "endpoint.certManager: makes a certificate, but endpoint.tlsSecret, endpoint.tlsCertificate or "
            "endpoint.tlsKey is set too; for those: pulumi config rm endpoint.certManager"
        )
    if endpoint.type != "ingress" and endpoint.cert_manager and endpoint.cert_manager.lets_encrypt:
        errors.append(
            "endpoint.certManager.letsEncrypt: asks for a page on port 80, which a load balancer of the hub only "
            "redirects; name a ClusterIssuer or Issuer that uses DNS-01, or: pulumi config set endpoint.type ingress"
        )
    return errors
