"""Output of a preview in the terminal."""

from collections.abc import Sequence

from rich.console import Console

from tools.review.explain import summary
from tools.review.log.model import Preview
from tools.review.show import difference
from tools.review.show.markdown import visible

_STYLES = {"+": "green", "-": "red", "!": "yellow", "@": "cyan"}
_OPERATIONS = {"create": "green", "update": "yellow", "replace": "bold red", "delete": "bold red"}
_WEIGHTS = {"danger": "bold red", "restart": "yellow", "notice": "default", "unknown": "magenta"}
_SIGNS = {"danger": "!!", "restart": " ~", "notice": " -", "unknown": " ?"}


def show(preview: Preview, *, title: str) -> None:
    """Print a preview: the summary first, then each resource.

    Args:
        preview: The preview.
        title: Title: the compared revisions or stacks.
    """
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(title, style="bold")
    if preview.base_problem:
        text = f"The base revision cannot run here, so everything counts as new:\n{visible(preview.base_problem)}"
        console.print(text, style="yellow")
    for message in preview.errors:
        console.print(f"error: {visible(message.text)}", style="red")
    if preview.failed and not preview.violations:
        return
    console.print(f"{summary.heading(preview)}.")
    for note in summary.notes(preview):
        console.print(f"{_SIGNS[note.weight]} {note.render(visible)}", style=_WEIGHTS[note.weight])
    for violation in preview.violations:
        level = "violation" if violation.mandatory else "advisory"
        text = f"policy {violation.policy}, {level}: {violation.resource}\n{visible(violation.text)}"
        console.print(text, style="red" if violation.mandatory else "yellow")
    for warning in preview.warnings:
        console.print(f"warning: {visible(warning.text)}", style="yellow")
    for found in preview.resources:
        console.print()
        style = _OPERATIONS[found.shown_operation]
        _show_difference(difference.title(found), difference.lines(found), style=style, console=console)
    if preview.exports:
        console.print()
        _show_difference("exports", difference.export_lines(preview.exports), style="yellow", console=console)


def _show_difference(title: str, lines: Sequence[str], *, style: str, console: Console) -> None:
    console.print(visible(title), style=style)
    for line in lines or ["  no visible difference"]:
        console.print(f"  {line}", style=_STYLES.get(line[:1], "dim"))
