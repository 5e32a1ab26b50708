"""Stack file, report, and the commands for secrets."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from migrate.plan import Kind
from migrate.translation import Line, Translation, coverage
from settings.reading.keys import full_key
from tools.commands import run
from tools.new.stack_file import create, render
from tools.steps import step

_TITLES: Final = {
    Kind.REFUSED: "Not translated: decide these",
    Kind.UNKNOWN: "Not known to this program: no keys of the chart",
    Kind.SETTING: "Settings",
    Kind.CODE: "Lines of hub.extraConfig",
    Kind.SAME: "Nothing to set",
}
"""Titles of the report's tables, what needs a person first."""


def write_stack(translation: Translation, file: Path, sources: Iterable[Path]) -> None:
    """Write the stack file, with the chart's keys beside the settings; it has no secrets.

    Raises:
        ToolError: The file is there already.
    """
    create(file, stack_text(translation, sources))


def stack_text(translation: Translation, sources: Iterable[Path]) -> str:
    """Return the stack file."""
    plan = translation.plan
    about = f"Translated from {', '.join(source.name for source in sources)} of JupyterHub's Helm chart."
    comments = {key: ", ".join(sorted({_short(origin) for origin in origins})) for key, origins in plan.origins.items()}
    return render(about, plan.settings, comments)


def _short(origin: str) -> str:
    """Return the name of a value without the last keys of maps that people name."""
    return ".".join(origin.split(".")[:4])


def report(translation: Translation, sources: Iterable[Path]) -> str:
    """Return the report as Markdown: what to do, and what became of each value."""
    done, total = coverage(translation)
    parts = [
        f"# Translation of {', '.join(source.name for source in sources)}\n",
        f"{done} of {total} keys ({100 * done // max(1, total)} %) are translated, or need no setting.\n",
    ]
    parts += _list("Set these before the first `pulumi up`", translation.mistakes)
    parts += _list("Do these before the first `pulumi up`", translation.plan.tasks)
    secrets = [f"`pulumi config set --secret {key}`" for key in translation.plan.secrets]
    parts += _list("Secrets: not in the stack file; --set-secrets sets them, or these commands", secrets)
    for kind, title in _TITLES.items():
        if lines := translation.of(kind):
            parts.append(f"## {title}\n\n| key of the chart | |\n| --- | --- |\n{''.join(map(_row, lines))}")
    return "\n".join(parts)


def _list(title: str, items: Iterable[str]) -> list[str]:
    lines = "".join(f"- {item}\n" for item in items)
    return [f"## {title}\n\n{lines}"] if lines else []


def _row(line: Line) -> str:
    key, text = (re.sub(r"([|<])", r"\\\1", part) for part in (line.key, line.answer.text))
    return f"| `{key}` | {text} |\n"


def set_secrets(translation: Translation, stack: str) -> None:
    """Set the secrets in the stack, each on the standard input of `pulumi config set`.

    Raises:
        ToolError: Pulumi is not installed, or the stack does not exist.
    """
    for key, value in translation.plan.secrets.items():
        text = value if isinstance(value, str) else json.dumps(value)
        with step(f"Setting {key}"):
            command = ["pulumi", "config", "set", "--secret", "--stack", stack, full_key(key)]
            run(command, doing=f"pulumi config set --secret {key}", stdin=text)
