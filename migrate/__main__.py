"""Command: a `values.yaml` of JupyterHub's Helm chart to a stack file and a report."""

import argparse
import sys
from pathlib import Path

from migrate.output import report, set_secrets, write_stack
from migrate.plan import Kind
from migrate.translation import Translation, coverage, translate
from migrate.values import read, without
from tools.errors import run_reporting_errors
from tools.new.stack_file import stack_name
from tools.steps import say


def main(words: list[str] | None = None) -> int:
    """Translate, and return the exit code."""
    arguments = _parser().parse_args(words)
    return run_reporting_errors(lambda: _run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m migrate", description=__doc__)
    parser.add_argument("values", nargs="+", type=Path, help="values files, later ones over earlier ones, as for Helm")
    parser.add_argument("--stack", required=True, type=stack_name, help="name of the stack: writes Pulumi.<stack>.yaml")
    parser.add_argument("--defaults", type=Path, help="values.yaml of the chart: values that are the same are left out")
    parser.add_argument("--report", type=Path, help="file for the report; default: migration-<stack>.md")
    parser.add_argument("--set-secrets", action="store_true", help="set secrets in the stack, and write no files")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    values = read(arguments.values)
    if arguments.defaults is not None:
        values = without(values, read([arguments.defaults]))
    translation = translate(values)
    if arguments.set_secrets:
        set_secrets(translation, arguments.stack)
        return 0
    stack_file = Path(f"Pulumi.{arguments.stack}.yaml")
    report_file = arguments.report or Path(f"migration-{arguments.stack}.md")
    write_stack(translation, stack_file, arguments.values)
    report_file.write_text(report(translation, arguments.values))
    _tell(translation, stack_file, report_file)
    return 0


def _tell(translation: Translation, stack_file: Path, report_file: Path) -> None:
    done, total = coverage(translation)
    say(f"{done} of {total} keys are translated, or need no setting. Wrote {stack_file} and {report_file}.")
    for title, items in (
        ("Decide", [f"{line.key}: {line.answer.text}" for line in translation.of(Kind.REFUSED)]),
        ("Not known", [line.key for line in translation.of(Kind.UNKNOWN)]),
        ("Set", list(translation.mistakes)),
        ("Do", translation.plan.tasks),
        ("Secrets", [f"pulumi config set --secret {key}" for key in translation.plan.secrets]),
    ):
        if items:
            say(f"\n{title}:")
            for item in items:
                say(f"  - {item}")


if __name__ == "__main__":
    sys.exit(main())
