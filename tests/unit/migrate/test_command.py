"""The command: files that it writes, secrets that it does not."""

import os
from pathlib import Path
from typing import Final

import pytest

from migrate.__main__ import main

_CANARY: Final = "canary-5f1d0c"
_VALUES: Final = f"""
proxy:
  secretToken: {_CANARY}
  https: {{enabled: true, type: manual, manual: {{key: {_CANARY}, cert: PEM}}, hosts: [a.example.org]}}
hub:
  cookieSecret: {_CANARY}
  db: {{type: postgres, url: "postgresql://hub@db:5432/hub", password: {_CANARY}}}
  extraEnv: {{LDAP_PASSWORD: {_CANARY}, MODE: fast}}
  services: {{grader: {{apiToken: {_CANARY}, admin: true}}}}
  config:
    JupyterHub: {{authenticator_class: ldapauthenticator.LDAPAuthenticator}}
    LDAPAuthenticator: {{server_address: ldap.example.org, bind_password: {_CANARY}}}
    GitHubOAuthenticator: {{client_secret: {_CANARY}}}
singleuser: {{extraEnv: {{AWS_SECRET_ACCESS_KEY: {_CANARY}}}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "values.yaml").write_text(_VALUES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_stack_file_report_and_terminal_have_no_secrets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["values.yaml", "--stack", "prod"]) == 0
    printed = capsys.readouterr()
    written = {file.name: file.read_text() for file in folder.iterdir() if file.name != "values.yaml"}
    assert set(written) == {"Pulumi.prod.yaml", "migration-prod.md"}
    assert _CANARY not in "".join([*written.values(), printed.out, printed.err])
    assert "pulumi config set --secret database.url" in printed.err


def test_secrets_reach_pulumi_on_standard_input_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/words\ncat >> {folder}/inputs\necho >> {folder}/inputs\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    assert main(["values.yaml", "--stack", "prod", "--set-secrets"]) == 0
    words = (folder / "words").read_text()
    assert _CANARY not in words
    assert sorted(line.rpartition(":")[2] for line in words.splitlines()) == [
        "auth.secretEnvironment",
        "database.url",
        "endpoint.tlsKey",
        "notebook.secretEnvironment",
    ]
    inputs = (folder / "inputs").read_text()
    assert f"postgresql://hub:{_CANARY}@db:5432/hub" in inputs
    assert not (folder / "Pulumi.prod.yaml").exists()


def test_a_stack_file_that_is_there_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "Pulumi.prod.yaml").write_text("config: {}\n")
    assert main(["values.yaml", "--stack", "prod"]) == 1
    assert "Pulumi.prod.yaml is there already" in capsys.readouterr().err
    assert (folder / "Pulumi.prod.yaml").read_text() == "config: {}\n"
    assert not (folder / "migration-prod.md").exists()


def test_a_wrong_file_is_an_error_without_a_traceback(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["none.yaml", "--stack", "prod"]) == 1
    assert "none.yaml cannot be read" in capsys.readouterr().err
    assert not (folder / "Pulumi.prod.yaml").exists()
