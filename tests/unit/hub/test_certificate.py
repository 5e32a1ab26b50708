"""The end of the certificate that browsers see."""

import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.certificate import end_of_certificate
from tests.doubles.certificates import pair


@contextmanager
def _site(folder: Path, valid: timedelta) -> Generator[str]:
    """Run a server with a certificate, and yield its URL."""
    certificate, key = folder / "tls.crt", folder / "tls.key"
    for path, text in zip((certificate, key), pair("localhost", valid=valid), strict=True):
        path.write_text(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"https://localhost:{listening.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize("days", [30, -1])
def test_the_end_is_told_also_of_a_certificate_that_nobody_trusts_or_has_ended(tmp_path: Path, days: int) -> None:
    expected = datetime.now(UTC) + timedelta(days=days)
    with _site(tmp_path, timedelta(days=days)) as url:
        assert abs(end_of_certificate(url) - expected.timestamp()) < 60


def test_a_site_that_does_not_answer_is_an_error_and_no_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        end_of_certificate(f"https://127.0.0.1:{port}")
