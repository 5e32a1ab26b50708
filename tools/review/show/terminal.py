"""Output of a preview in the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from tools.review.explain import summary
from tools.review.log.model import Preview
from tools.review.show import difference
from tools.review.show.markdown import visible

_STYLES = {"+": "green", "-": "red", "!": "yellow", "@": "cyan"}
_OPERATIONS = {"create": "green", "update": "yellow", "replace": "bold red", "delete": "bold red"}
_WEIGHTS = {"danger": "bold red", "restart": "yellow", "notice": "default", "unknown": "magenta"}
_SIGNS = {"danger": "!!", "restart": " ~", "notice": " -", "unknown": " ?"}


def show(preview: Preview, *, title: str, console: Console) -> None:
    """Print a preview: the summary first, then each resource.

    Args:
        preview: The preview.
        title: Title: the compared revisions or stacks.
        console: The terminal.
    """
    console.print(f"[bold]{escape(title)}[/bold]")
    for message in preview.errors:
        console.print(Text(f"error: {visible(message.text)}", style="red"))
    if preview.failed and not preview.violations:
        return
    console.print(escape(f"{summary.heading(preview)}."))
    for note in summary.notes(preview):
        console.print(Text(f"{_SIGNS[note.weight]} {note.render(visible)}", style=_WEIGHTS[note.weight]))
    for violation in preview.violations:
        level = "violation" if violation.mandatory else "advisory"
        text = f"policy {violation.policy}, {level}: {violation.resource}\n{visible(violation.text)}"
        console.print(Text(text, style="red" if violation.mandatory else "yellow"))
    for warning in preview.warnings:
        console.print(Text(f"warning: {visible(warning.text)}", style="yellow"))
    for found in preview.resources:
        console.print()
        style = _OPERATIONS[found.shown_operation]
        _show_difference(difference.title(found), difference.lines(found), style=style, console=console)
    if preview.exports:
        console.print()
        _show_difference("exports", difference.export_lines(preview.exports), style="yellow", console=console)


def _show_difference(title: str, lines: Sequence[str], *, style: str, console: Console) -> None:
    console.print(Text(visible(title), style=style))
    for line in lines or ["  no visible difference"]:
        console.print(Text(f"  {line}", style=_STYLES.get(line[:1], "dim")))
