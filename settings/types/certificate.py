"""Checks of certificates and private keys for https.

Each message begins with a verb and contains no secret; the caller puts the place of the certificate before it.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_NO_CERTIFICATE: Final = "is no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----"
_NO_KEY: Final = "is no private key in PEM form, which begins with -----BEGIN PRIVATE KEY-----"
_LOCKED: Final = (
    "is locked with a passphrase, which the proxy does not know; unlock it: openssl pkey -in locked.pem -out key.pem"
)
_MOST_NAMES: Final = 5
_LONGEST_NAMES: Final = 200


def certificate_errors(pem: str, *, hostname: str | None) -> list[str]:
    """Return why browsers would reject a certificate.

    The issuer is not checked: it may be a company's own certificate authority.

    Args:
        pem: The certificate, followed by its intermediate certificates.
        hostname: Host name of the hub; None = not checked.
    """
    certificate = _first_certificate(pem)
    if certificate is None:
        return [_NO_CERTIFICATE]
    errors: list[str] = []
    now = datetime.now(UTC)
    if certificate.not_valid_after_utc < now:
        errors.append(f"has expired on {certificate.not_valid_after_utc:%Y-%m-%d}; renew it")
    if certificate.not_valid_before_utc > now:
        errors.append(f"is not valid before {certificate.not_valid_before_utc:%Y-%m-%d}")
    names = _names(certificate)
    if hostname is not None and not any(_covers(name, hostname) for name in names):
        errors.append(f"is not for endpoint.hostname, but for {_shown(names)}; one of the two is wrong")
    return errors


def key_errors(pem: str, *, certificate: str) -> list[str]:
    """Return why a private key cannot be used with a certificate. An invalid certificate is not reported."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 slow to load; most stacks need none
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 as above

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        return [_LOCKED]
    except (ValueError, UnsupportedAlgorithm):
        return [_NO_KEY]
    first = _first_certificate(certificate)
    if first is None or first.public_key() == key.public_key():
        return []
    return ["does not belong to the certificate; if that is a chain, the hub's own certificate has to be its first"]


def holds_private_key(pem: str) -> bool:
    """Return whether a text contains a private key."""
    return "PRIVATE KEY-----" in pem


def _first_certificate(pem: str) -> "Certificate | None":
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 as above

    try:
        return load_pem_x509_certificates(pem.encode())[0]
    except ValueError:
        return None


def _names(certificate: "Certificate") -> list[str]:
    """Return the host names of a certificate. Browsers ignore its subject."""
    from cryptography.x509 import DNSName, ExtensionNotFound, SubjectAlternativeName  # noqa: PLC0415 as above

    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except (ExtensionNotFound, ValueError):
        return []
    return names.get_values_for_type(DNSName)


def _covers(name: str, hostname: str) -> bool:
    """Return whether a certificate's name covers a host name; `*` stands for the first label."""
    name = name.lower()
    return name == hostname or (name.startswith("*.") and name[2:] == hostname.partition(".")[2])


def _shown(names: list[str]) -> str:
    text = ", ".join(names[:_MOST_NAMES])[:_LONGEST_NAMES]
    return text if text and text.isprintable() else "no host name"
