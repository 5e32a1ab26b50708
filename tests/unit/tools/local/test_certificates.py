import stat
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.x509.oid import NameOID

from tools.local import certificates, layout


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(certificates, "FOLDER", tmp_path)
    for name in ("CA_CERTIFICATE", "SERVICE_ACCOUNT_KEY", "SERVER"):
        monkeypatch.setattr(certificates, name, tmp_path / getattr(certificates, name).name)


def _certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(b"-----BEGIN CERT" + file.read_bytes().split(b"-----BEGIN CERT")[1])


def test_the_api_server_certificate_has_every_name_and_address(tmp_path: Path) -> None:
    certificates.ensure()
    names = _certificate(tmp_path / "server.pem").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"kubernetes.default.svc", "localhost"} <= set(names.get_values_for_type(x509.DNSName))
    assert {"127.0.0.1", str(layout.NODE_ADDRESS), str(layout.API_ADDRESS)} <= {
        str(address) for address in names.get_values_for_type(x509.IPAddress)
    }


def test_a_client_certificate_has_user_group_and_subject_names(tmp_path: Path) -> None:
    file = certificates.kubeconfig("system:node:x", ["system:nodes"])
    user = yaml.safe_load(file.read_text())["users"][0]["user"]
    certificate = _certificate(Path(user["client-certificate"]))
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "system:node:x"
    assert certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "system:nodes"
    assert list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    assert file.parent == tmp_path


def test_existing_certificates_are_kept_and_private(tmp_path: Path) -> None:
    certificates.ensure()
    certificates.kubeconfig("admin", ["system:masters"])
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    certificates.ensure()
    certificates.kubeconfig("admin", ["system:masters"])
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
