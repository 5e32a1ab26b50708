"""Command: asks a few questions, and writes `Pulumi.<stack>.yaml`. Each answer can also be given as an option."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from settings import Settings, callback_of
from tools.errors import ToolError, run_reporting_errors
from tools.new.asking import Answers, answered
from tools.new.questions import options
from tools.new.stack_file import create, render, require_new, stack_name
from tools.steps import say

_ABOUT: Final = """\
Written by `make new STACK={stack}`. docs/settings.md has all keys, and examples/ has more stack files. The preview
reports all mistakes of this file at once, before anything is created."""
_NO_DEFAULTS: Final = "pulumi:disable-default-providers"
_NO_DEFAULTS_COMMENT: Final = "Every resource must use a provider of the program; a default provider would be an error."


def main(words: list[str] | None = None) -> int:
    """Ask, write the file, and return the exit code."""
    arguments = vars(_parser().parse_args(words))
    return run_reporting_errors(lambda: _run(arguments.pop("stack"), arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.new",
        description=__doc__,
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    parser.add_argument("--stack", required=True, type=stack_name, help="name of the stack")
    for name, text in options():
        parser.add_argument(f"--{name}", dest=name, metavar="ANSWER", help=text.replace("%", "%%"))
    return parser


def _run(stack: str, given: dict[str, str]) -> int:
    file = Path(f"Pulumi.{stack}.yaml")
    require_new(file)
    interactive = sys.stdin.isatty()
    if interactive:
        say(f"Writes {file}. Enter takes the answer in brackets, or none; Ctrl-C ends without a file.")
    try:
        answers = answered(stack, given, interactive=interactive)
    except (EOFError, KeyboardInterrupt):
        message = f"The questions were not answered to the end: {file} is not written."
        raise ToolError(message) from None
    settings = answers.settings()
    values = {_NO_DEFAULTS: ["kubernetes", "gcp"], **answers.values}
    comments = {_NO_DEFAULTS: _NO_DEFAULTS_COMMENT, **answers.comments}
    secrets = [f"Set the secret with: pulumi config set --secret {key} --stack {stack}" for key in answers.secrets]
    create(file, render("\n".join([_ABOUT.format(stack=stack), *secrets]), values, comments))
    for warning in settings.warnings:
        say(f"warning: {warning}")
    say(f"Wrote {file}. Next:")
    for line in _next(stack, settings, answers):
        say(f"  {line}")
    return 0


def _next(stack: str, settings: Settings, answers: Answers) -> Iterator[str]:
    """Yield the commands, and what to do by hand, until the hub runs."""
    if answers.given["where"] == "local":
        yield f"make up STACK={stack}"
        return
    if settings.auth.type in {"github", "oidc"}:
        url = settings.url
        callback = "the export oauth_callback_url, after the first pulumi up" if url is None else callback_of(url)
        yield f"# Callback URL to register with the sign-in: {callback}"
    if settings.auth.type == "lti":
        yield "# URLs to register at the course platform: the export lti_urls, after the first pulumi up"
    if settings.auth.type == "iap":
        yield (
            "# Redirect URI to register: https://iap.googleapis.com/v1/oauth/clientIds/"
            f"{settings.iap.client_id}:handleRedirect"
        )
    yield f"pulumi stack init {stack}"
    for key in answers.secrets:
        yield f"pulumi config set --secret {key} --stack {stack}"
    registry = settings.images.artifact_registry
    if registry is None:
        yield "# Push the images of docker/ to images.repository: hub, proxy, notebook, with the tag in docker/VERSION"
    else:
        place = f"LOCATION={registry.location} REPOSITORY={registry.repository}"
        yield f"make -C docker build push PROJECT_ID={registry.project} {place}"
    yield f"pulumi up --stack {stack}"


if __name__ == "__main__":
    sys.exit(main())
