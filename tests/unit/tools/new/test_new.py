"""The command that writes a new stack file from answers."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import jsonschema
import pytest
import yaml

import settings
from settings.reading.keys import SECRETS, own_values
from settings.reading.stack_file import read_config
from tests.stacks import record_settings
from tools.new import asking, questions
from tools.new.__main__ import main
from tools.paths import CHECKOUT

_CONTEXT: Final = ("--where=context", "--kubernetes.context=lab", "--images.repository=registry.example.org/hub")
_GKE: Final = ("--where=create", "--gcp.project=my-project-123")
_GATEWAY: Final = (*_GKE, "--endpoint.hostname=hub.example.org")
_SHARED: Final = "--sign-in=shared-password"
_OIDC: Final = (*_GATEWAY, "--oidc.clientId=hub")
_ISSUER: Final = "--oidc.issuer=https://sso.example.org/realms/main"
_GROUPS: Final = "--oidc.allowedGroups=hub-users"
_SITE: Final = (*_CONTEXT, "--endpoint.hostname=hub.example.org", _SHARED)

STACKS: Final[Mapping[str, tuple[str, ...]]] = {
    "local": ("--where=local",),
    "github": (
        *_GATEWAY,
        "--sign-in=github",
        "--github.clientId=Iv1.01",
        "--github.organizations=physics, maths:staff",
    ),
    "zone": (*_GATEWAY, "--endpoint.dnsZone.name=example-org", _SHARED, "--auth.adminUsers=ada,grace"),
    "existing": ("--where=existing", "--gcp.project=my-project-123", "--address=load-balancer", _SHARED),
    "google": (*_OIDC, "--sign-in=google", "--oidc.hostedDomains=example.org"),
    "entra": (*_OIDC, "--sign-in=entra", "--oidc.tenant=0f8fad5b-d9cb-469f-a165-70867728950e", "--who=all"),
    "cilogon": (*_OIDC, "--sign-in=cilogon", "--oidc.identityProviders=https://idp.example.edu"),
    "keycloak": (*_OIDC, "--sign-in=keycloak", _ISSUER, _GROUPS),
    "auth0": (*_OIDC, "--sign-in=auth0", _ISSUER, "--who=users", "--auth.allowedUsers=ada@example.org"),
    "okta": (*_OIDC, "--sign-in=okta", _ISSUER, _GROUPS, "--who=groups"),
    "oidc": (*_OIDC, "--sign-in=oidc", _ISSUER, _GROUPS),
    "lti": (
        *(*_GATEWAY, "--sign-in=lti", "--lti.issuer=https://moodle.example.edu", "--lti.clientIds=1"),
        "--lti.authorizationUrl=https://moodle.example.edu/mod/lti/auth.php",
        "--lti.keysUrl=https://moodle.example.edu/mod/lti/certs.php",
    ),
    "iap": (*_GATEWAY, "--address=gateway", "--sign-in=iap", "--iap.clientId=123", "--iap.members=domain:example.org"),
    "native": (*_CONTEXT, "--endpoint.address=203.0.113.7", "--sign-in=native", "--auth.adminUsers=ada"),
    "http": (*_SITE, "--certificate=none"),
    "secret": (*_SITE, "--certificate=secret"),
    "cert-manager": (*_SITE, "--certificate=cert-manager"),
    "lets-encrypt": (*_SITE, "--address=ingress", "--endpoint.ingressClass=traefik", "--certificate=lets-encrypt"),
    "http-route": (
        *_SITE,
        "--address=http-route",
        "--endpoint.gateway.name=shared",
        "--endpoint.gateway.namespace=infra",
    ),
    "node-port": (
        *(*_CONTEXT, "--address=node-port", "--publicUrl=https://hub.example.org", "--endpoint.nodePort=30080"),
        _SHARED,
    ),
    "forwarded": (*_CONTEXT, "--address=none", "--sign-in=dummy"),
}
"""Options of the command; together they have every answer to choose."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command runs, on a machine without a kubeconfig."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    return tmp_path


def _file(folder: Path) -> Path:
    return folder / "Pulumi.prod.yaml"


def _terminal(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Answer the questions that are asked on the terminal, in this order; then the input ends."""
    left: Iterator[str] = iter(answers)

    def answer(*_: object, **__: object) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(asking.console, "input", answer)


@pytest.mark.parametrize("name", STACKS)
def test_the_written_file_is_a_whole_stack_but_for_its_secrets(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--stack", "prod", *STACKS[name]]) == 0
    commands = re.findall(r"pulumi config set --secret (\S+) --stack prod", capsys.readouterr().err)
    text = _file(folder).read_text()
    # As Pulumi writes it, after those commands.
    _file(folder).write_text(text + "".join(f"  jupyterhub:{key}: {{ secure: v1:abc= }}\n" for key in commands))
    written = yaml.safe_load(_file(folder).read_text())
    jsonschema.validate(written, json.loads((CHECKOUT / "schemas" / "stack.schema.json").read_text()))
    assert set(commands) <= SECRETS
    assert set(re.findall(r"--secret (\S+) --stack", text)) == set(commands)
    assert record_settings(settings.from_file(_file(folder), defaults=_images(name))).resources


def _images(name: str) -> Mapping[str, str]:
    return {f"{image}.image": "localhost/image:1" for image in ("hub", "proxy", "notebook")} if name == "local" else {}


def test_each_answer_to_choose_is_in_a_tested_stack() -> None:
    chosen: set[tuple[str, str]] = set()
    for options in STACKS.values():
        parts = (option.removeprefix("--").partition("=") for option in options)
        answers = asking.answered("prod", {name: answer for name, _, answer in parts}, interactive=False)
        chosen |= set(answers.given.items())
    assert {(one.name, answer) for one in questions.QUESTIONS for answer in one.choices} <= chosen


def test_a_local_stack_has_the_sizes_of_the_stack_of_make_up(folder: Path) -> None:
    assert main(["--stack", "prod", "--where=local"]) == 0
    found, dev = own_values(read_config(_file(folder))), own_values(read_config(CHECKOUT / "Pulumi.dev.yaml"))
    other = {"name", "namespace", "endpoint.address"}
    assert {key: value for key, value in found.items() if key not in other} == {
        key: value for key, value in dev.items() if key not in other
    }


def test_all_missing_and_wrong_options_are_reported_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--stack", "prod", "--where=create", "--gcp.project=My Project", "--sign-in=github"]) == 1
    printed = capsys.readouterr().err
    assert list(folder.iterdir()) == []
    for name in ("gcp.project", "images.repository", "endpoint.hostname", "github.clientId", "github.organizations"):
        assert f"  * --{name}: " in printed


def test_an_answer_is_refused_in_the_words_of_the_settings_and_asked_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _terminal(monkeypatch, "My Project", "my-project-123")
    assert main(["--stack", "prod", *_GATEWAY[2:], *_GKE[:1], *_terminal_rest()]) == 0
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({"gcp.project": "My Project", "auth.type": "dummy"})
    (mistake,) = [one for one in caught.value.mistakes if one.startswith("gcp.project")]
    assert mistake in capsys.readouterr().err
    assert own_values(read_config(_file(folder)))["gcp.project"] == "my-project-123"


def _terminal_rest() -> tuple[str, ...]:
    """Return options for all other questions."""
    return (
        *("--cluster.location=europe-west1", "--images.repository=registry.example.org/hub", "--address=gateway"),
        *("--endpoint.dnsZone.name=example-org", "--endpoint.dnsZone.domain=example.org"),
        *(_SHARED, "--auth.adminUsers="),
    )


def test_only_choices_that_go_with_the_other_answers_are_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _terminal(monkeypatch, "load-balancer", "", "203.0.113.7")
    assert main(["--stack", "prod", *_CONTEXT]) == 1
    offered = re.findall(r"^  ([\w-]+) ", capsys.readouterr().err, re.MULTILINE)
    assert {"load-balancer", "ingress", "none", "github", "native"} <= set(offered)
    assert not {"gateway", "iap", "dummy"} & set(offered)


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_the_end_of_the_input_writes_nothing_and_says_so(
    end: type[BaseException], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> str:
        raise end

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(asking.console, "input", stop)
    assert main(["--stack", "prod"]) == 1
    printed = capsys.readouterr().err
    assert "error: The questions were not answered to the end: Pulumi.prod.yaml is not written." in printed
    assert "Traceback" not in printed
    assert list(folder.iterdir()) == []


def test_a_file_that_is_there_stays_and_nothing_is_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _file(folder).write_text("mine")
    assert main(["--stack", "prod", "--where=local"]) == 1
    assert "Pulumi.prod.yaml is there already" in capsys.readouterr().err
    assert _file(folder).read_text() == "mine"


def test_an_option_without_its_question_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stack", "prod", "--where=local", "--gcp.project=my-project-123"]) == 1
    assert "--gcp.project: does not go with the other answers; remove it" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_no_question_and_no_option_is_for_a_secret() -> None:
    assert not {question.name for question in questions.QUESTIONS} & SECRETS
    assert (
        not {key for question in questions.QUESTIONS for answer in question.choices for key in question.values(answer)}
        & SECRETS
    )


def test_the_callback_to_register_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stack", "prod", *STACKS["github"]]) == 0
    assert "https://hub.example.org/hub/oauth_callback" in capsys.readouterr().err
