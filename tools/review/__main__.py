"""Commands: `diff` for a terminal; `preview`, `offline`, `drift`, `plan` and `post` for workflows."""

import argparse
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from tools import paths
from tools.engine import find
from tools.errors import ToolError, run_reporting_errors
from tools.local import deploy
from tools.review import engine, stack_file
from tools.review.log.model import Diagnostic, Preview
from tools.review.offline.compare import compare
from tools.review.show import comment, github, plan, terminal
from tools.review.show.comment import GITHUB_LIMIT, SUMMARY_LIMIT, Subject
from tools.review.show.markdown import code

_BECAUSE: Final = {
    "": "",
    "fork": "This pull request comes from a fork; its code gets no access to Google Cloud.",
    "dependencies": "This pull request brings unreviewed dependencies; its code gets no access to Google Cloud.",
    "variables": "Repository variables for access to Google Cloud are missing: see docs/pull-requests.md.",
}
"""Reasons of an offline preview, as the comment shows them."""
_STACK: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){0,2}")


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(words)
    return run_reporting_errors(lambda: arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.review", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(run: Callable[[argparse.Namespace], int], help_: str) -> argparse.ArgumentParser:
        added = commands.add_parser(run.__name__.removeprefix("_"), help=help_, description=help_)
        added.set_defaults(run=run)
        return added

    diff = command(_diff, "show the effect of a change in the terminal")
    preview = command(_preview, "preview a stack in the current folder and write the comment")
    offline = command(_offline, "compare with a revision without cluster, cloud and secrets and write the comment")
    drift = command(_drift, "fail if cluster or cloud differ from the stack's state")
    planned = command(_plan, "print the plan of `pulumi up`, one line for each resource, to compare it later")
    post = command(_post, "post a written comment on a pull request, or update the existing one")
    for one in (diff, preview, offline, drift, planned):
        one.add_argument("--stack", required=True, type=_stack, help="the stack, as in Pulumi.<stack>.yaml")
    for one in (preview, offline, post):
        one.add_argument("--comment", required=True, type=Path, help="file with the comment")
    for one in (preview, offline):
        one.add_argument("--policy-pack", type=Path, help="folder of a policy pack")
    for one in (preview, offline, drift):
        one.add_argument("--summary", type=Path, help="file for the job summary, whose size limit is larger")
        one.add_argument("--run-url", type=_url, help="URL of the job")
    diff.add_argument("--base", default="", help="git revision to compare with, offline; default: the deployed stack")
    preview.add_argument("--refresh", action="store_true", help="refresh the state first")
    offline.add_argument("--base", required=True, help="git revision to compare with")
    offline.add_argument("--because", default="", choices=_BECAUSE, help="reason of an offline preview")
    post.add_argument("--pr", required=True, type=int, help="number of the pull request")
    return parser


def _stack(text: str) -> str:
    if not _STACK.fullmatch(text):
        message = f"{text!r} is not a stack name: letters, digits, _, . and -, such as dev"
        raise argparse.ArgumentTypeError(message)
    return text


def _url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s()<>`]+", text):
        message = f"{text!r} is not a URL"
        raise argparse.ArgumentTypeError(message)
    return text


def _diff(arguments: argparse.Namespace) -> int:
    if arguments.base:
        preview = compare(arguments.stack, arguments.base, paths.CHECKOUT, same_file=True)
        title = f"Stack {arguments.stack}: {arguments.base} compared with the files here"
    else:
        stack = deploy.ready_for_preview(arguments.stack)
        preview = engine.preview(stack.run, "preview")
        title = f"Stack {stack.name}: changes of `make up`"
    terminal.show(preview, title=title)
    return int(preview.failed)


def _preview(arguments: argparse.Namespace) -> int:
    options = ["--refresh"] if arguments.refresh else []
    if arguments.policy_pack is not None:
        options += ["--policy-pack", str(arguments.policy_pack)]
    return _comment(arguments, lambda: _previewed(arguments.stack, *options))


def _offline(arguments: argparse.Namespace) -> int:
    base = arguments.base
    short = base[:12] if re.fullmatch(r"[0-9a-f]{40}", base) else base
    note = (
        f"{_BECAUSE[arguments.because]} Compared offline with {code(short)}: the objects that the program declares, "
        "without reading the state, the cluster or Google Cloud. Secrets are placeholders."
    )
    run = partial(compare, arguments.stack, base, Path.cwd(), policy_pack=arguments.policy_pack)
    return _comment(arguments, run, note=note.lstrip())


def _drift(arguments: argparse.Namespace) -> int:
    found = _result(lambda: _previewed(arguments.stack, "--refresh"))
    text = comment.render_drift(Subject(stack=arguments.stack, run_url=arguments.run_url), found)
    if arguments.summary is not None:
        arguments.summary.write_text(text)
    sys.stdout.write(text)
    return int(found.failed or comment.has_drift(found))


def _plan(arguments: argparse.Namespace) -> int:
    found = _live(arguments.stack, show=False)
    for error in found.errors:
        sys.stderr.write(f"error: {error.text}\n")
    if not found.failed:
        sys.stdout.write("".join(f"{line}\n" for line in plan.lines(found)))
    return int(found.failed)


def _post(arguments: argparse.Namespace) -> int:
    sys.stdout.write(f"{github.post(arguments.comment.read_text(), arguments.pr)}\n")
    return 0


def _previewed(stack: str, *options: str) -> Preview:
    file = stack_file.find(Path.cwd(), stack)
    return stack_file.placed(_live(stack, *options), file)


def _live(stack: str, *options: str, show: bool = True) -> Preview:
    """Return the preview of the stack in the current folder."""
    run = partial(find(with_provider=False).run, folder=Path.cwd())
    return engine.preview(run, "preview", "--stack", stack, *options, show=show)


def _comment(arguments: argparse.Namespace, run: Callable[[], Preview], *, note: str = "") -> int:
    """Write the comment on a preview, and the job summary; return the exit code."""
    found = _result(run)
    subject = Subject(stack=arguments.stack, run_url=arguments.run_url, note=note)
    arguments.comment.write_text(comment.render_preview(subject, found, limit=GITHUB_LIMIT))
    if arguments.summary is not None:
        arguments.summary.write_text(comment.render_preview(subject, found, limit=SUMMARY_LIMIT))
    return int(found.failed)


def _result(run: Callable[[], Preview]) -> Preview:
    """Return a preview; a failed one if it could not start."""
    try:
        return run()
    except ToolError as error:
        sys.stderr.write(f"error: {error}\n")
        return Preview(failed=True, diagnostics=(Diagnostic(severity="error", text=str(error)),))


if __name__ == "__main__":
    sys.exit(main())
