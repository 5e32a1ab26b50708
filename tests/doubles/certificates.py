"""Certificates, signed by a certificate authority of the tests."""

from datetime import UTC, datetime, timedelta

import trustme

_CA = trustme.CA()
CA_CERTIFICATE = _CA.cert_pem.bytes().decode()
"""Certificate of the authority, PEM."""
CA_KEY = _CA.private_key_pem.bytes().decode()
"""Its private key, PEM."""


def pair(*names: str, valid: timedelta = timedelta(days=1)) -> tuple[str, str]:
    """Return a certificate and its key, in PEM.

    Args:
        names: The subject alternative names: host names or addresses.
        valid: Time until it expires; negative = it has expired.
    """
    made = _CA.issue_cert(*names, not_after=datetime.now(UTC) + valid)
    return made.cert_chain_pems[0].bytes().decode(), made.private_key_pem.bytes().decode()
