"""The comment on a pull request, and the report of drift, in Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent, shorten
from typing import Final, NamedTuple

from tools.review.explain import summary
from tools.review.explain.rules import is_loss
from tools.review.log.model import Diagnostic, Preview, Resource
from tools.review.show import difference
from tools.review.show.markdown import block, code, folded

GITHUB_LIMIT: Final = 65_000
"""Longest comment. GitHub's limit is 65536 characters, and `post_comments.py` adds a sentence. Counted here in bytes,
of which there are never fewer, with those that disable mentions."""
SUMMARY_LIMIT: Final = 1_000_000
"""Longest job summary; GitHub's limit is 1 MiB."""

_RESERVED: Final = 2_000
"""Bytes for the list of omitted parts."""
_NAMED: Final = 10
"""Names in a list; the others are counted."""
_LONGEST_NAME: Final = 120
"""Characters of the name of an omitted part."""
_MAX_PROBLEM: Final = 4_000
"""Characters of the error of a base revision that cannot run: the end, which has the reason."""
_CONFLICT: Final = "Server-Side Apply field conflict"
"""Message of the Kubernetes provider for a field of the stack that another field manager changed."""
_FORCE: Final = (
    "Another field manager changed fields of the stack. To overwrite its changes: "
    "`PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up`."
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The subject of a comment."""

    stack: str
    """As in `Pulumi.<stack>.yaml`."""
    run_url: str | None = None
    """URL of the job that wrote it, with the job summary."""
    note: str = ""
    """Note on the kind of preview, in Markdown; empty for a preview with access to the cloud."""


class _Part(NamedTuple):
    """A part of a comment that is shown whole or omitted."""

    text: str
    """In Markdown."""
    title: str = "a message"
    """Its name in the list of omitted parts; untrusted."""


def marker(stack: str) -> str:
    """Return the first line of a stack's comment, by which it is found again."""
    name = "".join(letter if letter.isalnum() or letter in "-_./" else "_" for letter in stack)
    return f"<!-- jupyterhub-preview: {name} -->"


def render_preview(subject: Subject, preview: Preview, *, limit: int = GITHUB_LIMIT) -> str:
    """Return the comment on a preview, successful or failed."""
    elsewhere = _elsewhere(subject, limit)
    if preview.failed and not preview.violations:
        return _fitted([_heading(subject, preview)], [_Part(text) for text in _errors(preview)], elsewhere, limit)
    # A preview with a policy violation is complete, so its changes are shown.
    head = [
        _heading(subject, preview),
        *_policies(preview),
        *_errors(preview),
        *_changes(preview),
        *_warnings(preview.warnings),
    ]
    return _fitted(head, _objects(preview), elsewhere, limit)


def render_drift(subject: Subject, preview: Preview) -> str:
    """Return the report of drift between the stack's state and the cluster or cloud, for the job summary."""
    if not has_drift(preview):
        if preview.failed:
            return render_preview(subject, preview, limit=SUMMARY_LIMIT)
        return f"### Stack {code(subject.stack)} has no drift\n"
    head = [f"### Stack {code(subject.stack)} has drifted"]
    if preview.failed:
        head += [
            "**Pulumi failed**, as `pulumi up` would. There may be more drift than listed here:",
            *_errors(preview),
        ]
        if any(_CONFLICT in message.text for message in preview.errors):
            head.append(_FORCE)
    if preview.resources:
        would = "Reverting them would do this:" if preview.failed else "`pulumi up` would do this:"
        head += [f"**Drifted resources: {len(preview.resources)}.** {would}", *_notes(preview)]
    elif preview.exports:
        head.append("**Only exports differ.** `pulumi up` would update them:")
    parts = _objects(preview)
    if preview.manual_changes:
        names = _first([f"{code(found.kind)} {code(found.name)}" for found in preview.manual_changes])
        head.append(f"**Labels or annotations that the stack does not manage**, and `pulumi up` keeps: {names}.")
        parts += [
            _folded(f"changed by hand: {found.kind} {found.name}", difference.lines(found))
            for found in preview.manual_changes
        ]
    return _fitted(head, parts, _elsewhere(subject, SUMMARY_LIMIT), SUMMARY_LIMIT)


def has_drift(preview: Preview) -> bool:
    """Return whether a refreshed preview found drift."""
    return bool(preview.resources or preview.exports or preview.manual_changes)


def _heading(subject: Subject, preview: Preview) -> str:
    outcome = "" if not preview.failed else ": policy violation" if preview.violations else ": failed"
    title = f"{marker(subject.stack)}\n### Preview of stack {code(subject.stack)}{outcome}"
    note = subject.note
    if preview.base_problem:
        problem = block(preview.base_problem[-_MAX_PROBLEM:])
        note += f"\n\nThe base revision cannot run here, so everything counts as new:\n\n{problem}"
    return f"{title}\n\n> [!NOTE]\n{indent(note, '> ', lambda _: True)}" if note else title


def _errors(preview: Preview) -> list[str]:
    return [block(message.text) for message in preview.errors]


def _changes(preview: Preview) -> list[str]:
    if preview.resources:
        return [f"**{summary.heading(preview)}.**", *_notes(preview)]
    if preview.exports:
        return [f"**No resource changes**: {preview.unchanged} unchanged. Only exports change.", *_notes(preview)]
    return [f"**No changes**: {preview.unchanged} unchanged."]


def _notes(preview: Preview) -> list[str]:
    notes = summary.notes(preview)
    dangers = "\n".join(f"> - {note.render(code)}" for note in notes if note.weight == "danger")
    others = "\n".join(f"- {note.render(code)}" for note in notes if note.weight != "danger")
    return [*([f"> [!CAUTION]\n{dangers}"] if dangers else []), *([others] if others else [])]


def _warnings(warnings: Sequence[Diagnostic]) -> list[str]:
    texts = "\n\n".join(block(warning.text) for warning in warnings)
    return [folded(f"{len(warnings)} warning{'' if len(warnings) == 1 else 's'}", texts)] if warnings else []


def _policies(preview: Preview) -> list[str]:
    if not preview.policy_packs:
        return []
    packs = ", ".join(code(pack) for pack in preview.policy_packs)
    if not preview.violations:
        return [f"Policy pack {packs}: no violations."]
    lines = [
        f"- {'**violation**' if found.mandatory else 'advisory'}: {code(found.resource)}, policy {code(found.policy)}\n"
        + indent(block(found.text), "  ")
        for found in preview.violations
    ]
    return ["\n".join([f"Policy pack {packs}:", "", *lines])]


def _objects(preview: Preview) -> list[_Part]:
    ordered = sorted(preview.resources, key=lambda found: not is_loss(found))
    exports = [_folded("exports", difference.export_lines(preview.exports))] if preview.exports else []
    return [*(_object(found) for found in ordered), *exports]


def _object(found: Resource) -> _Part:
    return _folded(difference.title(found), difference.lines(found) or ["  no visible difference"])


def _folded(title: str, lines: Sequence[str]) -> _Part:
    return _Part(folded(title, block("\n".join(lines), language="diff")), title)


def _elsewhere(subject: Subject, limit: int) -> str:
    """Return where the whole text is, in Markdown."""
    if limit == SUMMARY_LIMIT:
        return "`make diff` shows everything in a terminal."
    where = f"[job summary]({subject.run_url})" if subject.run_url else "job summary"
    return f"See the {where}."


def _first(names: Sequence[str]) -> str:
    """Return the first names, and the number of the others."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _fitted(head: Sequence[str], parts: Sequence[_Part], elsewhere: str, limit: int) -> str:
    """Return the heading and as many whole parts as fit the limit; the other parts are named."""
    left = limit - _RESERVED
    kept: list[str] = []
    missing: list[str] = []
    for part in [*(_Part(text) for text in head), *parts]:
        size = len(part.text.encode()) + 3 * part.text.count("@") + len("\n\n")
        if size <= left:
            kept.append(part.text)
            left -= size
        else:
            missing.append(part.title)
    if missing:
        names = _first([code(shorten(title, _LONGEST_NAME, placeholder="…")) for title in missing])
        kept.append(f"**Not shown, because of GitHub's size limit:** {names}. {elsewhere}")
    return "\n\n".join(kept) + "\n"
