"""The steps of a start in words for people, from Kubernetes' events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

    Event = Mapping[str, Any]

STEPS: Final[Mapping[str, str]] = {
    "FailedScheduling": "Waiting for a machine with room for your server.",
    "TriggeredScaleUp": "Waiting for a new machine, which takes a few minutes.",
    "NotTriggerScaleUp": "Waiting for a machine with room: the cluster adds none by itself.",
    "Preempted": "Your server had to make room for another one.",
    "Scheduled": "A machine has room for your server.",
    "ProvisioningSucceeded": "Your home folder is there.",
    "FailedAttachVolume": "Waiting for your home folder.",
    "FailedMount": "Waiting for your home folder.",
    "SuccessfulAttachVolume": "Your home folder is connected.",
    "Pulling": "Pulling the image to the machine, which may take minutes.",
    "Pulled": "The image is on the machine.",
    "Created": "Starting your server.",
    "Started": "Your server runs. Waiting for its first answer.",
}
"""By the reason of an event of the pod."""

PROBLEMS: Final = frozenset({"BackOff", "Failed", "FailedCreatePodSandBox", "InspectFailed", "ErrImageNeverPull"})
"""Reasons of which the page also shows Kubernetes' own text."""

_PROBLEM: Final = "There is a problem. Kubernetes tries again."


def in_words(event: Event) -> dict[str, Any]:
    """Return an event of KubeSpawner's progress with the step in words, and since when.

    Events without a known reason stay as they are: the page shows Kubernetes' own text.
    """
    raw: Event = event.get("raw_event") or {}
    reason = str(raw.get("reason"))
    words = STEPS.get(reason, _PROBLEM if reason in PROBLEMS else "")
    if not words:
        return dict(event)
    detail = str(raw.get("message") or "")
    since = raw.get("firstTimestamp") or raw.get("eventTime") or raw.get("lastTimestamp") or ""
    kind = "problem" if reason in PROBLEMS else "detail"
    html = Markup('<span class="step">{}</span> <small class="{}">{}</small> <time datetime="{}"></time>')
    return {
        **event,
        "message": f"{words} {detail}".strip(),
        "html_message": str(html.format(words, kind, detail, since)),
    }
