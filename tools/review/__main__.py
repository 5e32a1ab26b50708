"""Commands: `diff` for a terminal; `preview`, `offline`, `drift`, `plan` and `post` for workflows."""

import argparse
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console

from tools import paths
from tools.engine import find
from tools.errors import ToolError, run_reporting_errors
from tools.local import deploy
from tools.review import engine, stack_file
from tools.review.engine import Outcome
from tools.review.log.model import Preview
from tools.review.offline import compare
from tools.review.offline.compare import Comparison, RevisionError
from tools.review.show import comment, github, plan, terminal
from tools.review.show.comment import GITHUB_LIMIT, SUMMARY_LIMIT, Subject
from tools.review.show.github import GitHubError
from tools.review.show.markdown import block, code
from tools.review.stack_file import NoStackFileError

_BECAUSE: Final = {
    "fork": "This pull request comes from a fork; its code gets no access to Google Cloud.",
    "dependencies": "This pull request brings unreviewed dependencies; its code gets no access to Google Cloud.",
    "variables": "Repository variables for access to Google Cloud are missing: see docs/pull-requests.md.",
}
"""Reasons of an offline preview, as the comment shows them."""
_MAX_PROBLEM: Final = 4_000
"""Characters of the error of a base revision that cannot run: the end, which has the reason."""
_STACK: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){0,2}")


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(words)
    return run_reporting_errors(lambda: _COMMANDS[arguments.command](arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.review", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, help_: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help_, description=help_)

    diff = command("diff", "show the effect of a change in the terminal")
    preview = command("preview", "preview a stack in the current folder and write the comment")
    unreached = command("offline", "compare with a revision without cluster, cloud and secrets and write the comment")
    drift = command("drift", "fail if cluster or cloud differ from the stack's state")
    planned = command("plan", "print the plan of `pulumi up`, one line for each resource, to compare it later")
    post = command("post", "post a written comment on a pull request, or update the existing one")
    for one in (diff, preview, unreached, drift, planned):
        one.add_argument("--stack", required=True, type=_stack, help="the stack, as in Pulumi.<stack>.yaml")
    for one in (preview, unreached):
        one.add_argument("--comment", required=True, type=Path, help="file for the comment")
        one.add_argument("--policy-pack", type=Path, help="folder of a policy pack")
    for one in (preview, unreached, drift):
        one.add_argument("--summary", type=Path, help="file for the job summary, whose size limit is larger")
        one.add_argument("--run-url", type=_url, help="URL of the job")
    diff.add_argument("--base", default="", help="git revision to compare with, offline; default: the deployed stack")
    preview.add_argument("--refresh", action="store_true", help="refresh the state first")
    unreached.add_argument("--base", required=True, help="git revision to compare with")
    unreached.add_argument("--because", default="", choices=("", *_BECAUSE), help="reason of an offline preview")
    post.add_argument("--comment", required=True, type=Path, help="file with the comment")
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
    console = Console(highlight=False, soft_wrap=True)
    if arguments.base:
        try:
            compared = compare.compare(arguments.stack, arguments.base, paths.CHECKOUT)
        except (RevisionError, NoStackFileError) as error:
            raise ToolError(str(error)) from None
        if compared.base_problem:
            console.print(
                f"{arguments.base} cannot run, so everything counts as new:\n{compared.base_problem}", markup=False
            )
        title = f"Stack {arguments.stack}: {arguments.base} compared with the files here"
        terminal.show(compared.preview, title=title, console=console)
        return int(compared.preview.failed)
    stack = deploy.ready_for_preview(arguments.stack)
    outcome = engine.outcome(lambda log: stack.run("preview", event_log=log))
    terminal.show(outcome.preview, title=f"Stack {stack.name}: changes of `make up`", console=console)
    return int(outcome.failed)


def _preview(arguments: argparse.Namespace) -> int:
    subject = Subject(stack=arguments.stack, run_url=arguments.run_url)
    try:
        file = stack_file.find(Path.cwd(), arguments.stack)
    except NoStackFileError as error:
        return _fail(arguments, subject, str(error))
    refresh = ["--refresh"] if arguments.refresh else []
    policies = [] if arguments.policy_pack is None else ["--policy-pack", str(arguments.policy_pack)]
    outcome = _engine_run(arguments.stack, *refresh, *policies)
    _write(arguments, subject, stack_file.placed(outcome.preview, file))
    return int(outcome.failed)


def _offline(arguments: argparse.Namespace) -> int:
    subject = Subject(stack=arguments.stack, run_url=arguments.run_url, preamble=_offline_note(arguments))
    try:
        compared = compare.compare(arguments.stack, arguments.base, Path.cwd(), policy_pack=arguments.policy_pack)
    except (RevisionError, NoStackFileError, ToolError) as error:
        return _fail(arguments, subject, str(error))
    _write(arguments, replace(subject, preamble=_preamble(subject.preamble, compared)), compared.preview)
    return int(compared.preview.failed)


def _offline_note(arguments: argparse.Namespace) -> str:
    because = _BECAUSE.get(arguments.because)
    reason = "" if because is None else f"{because} "
    return (
        f"> [!NOTE]\n> {reason}Compared offline with {code(_short(arguments.base))}: the objects that the program "
        "declares, without reading the state, the cluster or Google Cloud. Secrets are placeholders."
    )


def _short(revision: str) -> str:
    return revision[:12] if re.fullmatch(r"[0-9a-f]{40}", revision) else revision


def _preamble(why: str, compared: Comparison) -> str:
    if not compared.base_problem:
        return why
    text = compared.base_problem
    text = text if len(text) <= _MAX_PROBLEM else f"…{text[-_MAX_PROBLEM:]}"
    problem = "\n".join(f"> {line}" for line in block(text).split("\n"))
    return f"{why}\n>\n> The base revision cannot run here, so everything counts as new:\n>\n{problem}"


def _drift(arguments: argparse.Namespace) -> int:
    subject = Subject(stack=arguments.stack, run_url=arguments.run_url)
    try:
        file = stack_file.find(Path.cwd(), arguments.stack)
    except NoStackFileError as error:
        text = comment.render_failure(subject, [str(error)], limit=SUMMARY_LIMIT)
        failed = True
    else:
        found = stack_file.placed(_engine_run(arguments.stack, "--refresh").preview, file)
        failed = found.failed or comment.has_drift(found)
        text = comment.render_drift(subject, found, limit=SUMMARY_LIMIT)
    if arguments.summary is not None:
        arguments.summary.write_text(text)
    sys.stdout.write(text)
    return int(failed)


def _plan(arguments: argparse.Namespace) -> int:
    outcome = _engine_run(arguments.stack, show=False)
    for error in outcome.preview.errors:
        sys.stderr.write(f"error: {error.text}\n")
    if not outcome.failed:
        sys.stdout.write("".join(f"{line}\n" for line in plan.lines(outcome.log)))
    return int(outcome.failed)


def _post(arguments: argparse.Namespace) -> int:
    try:
        sys.stdout.write(f"{github.post(arguments.comment.read_text(), arguments.pr)}\n")
    except (GitHubError, OSError) as error:
        raise ToolError(str(error)) from None
    return 0


def _engine_run(stack: str, *options: str, show: bool = True) -> Outcome:
    pulumi = find(with_provider=False)
    command = ("preview", "--stack", stack, *options)
    return engine.outcome(lambda log: pulumi.run(*command, folder=Path.cwd(), event_log=log), show=show)


def _write(arguments: argparse.Namespace, subject: Subject, preview: Preview) -> None:
    arguments.comment.write_text(comment.render_preview(subject, preview, limit=GITHUB_LIMIT))
    if arguments.summary is not None:
        arguments.summary.write_text(comment.render_preview(subject, preview, limit=SUMMARY_LIMIT))


def _fail(arguments: argparse.Namespace, subject: Subject, message: str) -> int:
    arguments.comment.write_text(comment.render_failure(subject, [message]))
    if arguments.summary is not None:
        arguments.summary.write_text(comment.render_failure(subject, [message], limit=SUMMARY_LIMIT))
    sys.stderr.write(f"error: {message}\n")
    return 1


_COMMANDS: Final = {
    "diff": _diff,
    "preview": _preview,
    "offline": _offline,
    "drift": _drift,
    "plan": _plan,
    "post": _post,
}

if __name__ == "__main__":
    sys.exit(main())
