import pytest

from hub.start_progress import STEPS, in_words


def event(reason: str | None, message: str = "Pulling image a/b:1", **times: str) -> dict[str, object]:
    """Return an event as KubeSpawner reports it."""
    raw = {"reason": reason, "message": message, "type": "Normal", **times}
    return {"progress": 30, "raw_event": raw, "message": f"[Normal] {message}"}


def test_a_step_is_told_in_words_with_its_time_and_kubernetes_own_text() -> None:
    told = in_words(event("Pulling", firstTimestamp="2026-01-05T10:00:00Z", lastTimestamp="2026-01-05T10:05:00Z"))
    assert told["progress"] == 30
    assert told["message"] == "Pulling the image to the machine, which may take minutes. Pulling image a/b:1"
    for part in (STEPS["Pulling"], "Pulling image a/b:1", '<time datetime="2026-01-05T10:00:00Z">'):
        assert part in told["html_message"]


@pytest.mark.parametrize("times", [{}, {"eventTime": "2026-01-05T10:00:00.000000Z"}])
def test_an_event_without_first_time_has_the_other_one_or_none(times: dict[str, str]) -> None:
    assert (
        f'<time datetime="{times.get("eventTime", "")}">'
        in in_words(event("FailedScheduling", **times))["html_message"]
    )


def test_the_page_shows_kubernetes_own_text_of_a_problem_only() -> None:
    assert '<small class="problem">no such image</small>' in in_words(event("Failed", "no such image"))["html_message"]
    assert '<small class="detail">0/3 nodes' in in_words(event("FailedScheduling", "0/3 nodes"))["html_message"]


def test_html_in_an_event_is_escaped() -> None:
    html = in_words(event("Failed", '<img src=x onerror="alert(1)">'))["html_message"]
    assert "<img" not in html
    assert "&lt;img" in html


@pytest.mark.parametrize(
    "unknown", [event("SomethingNew"), event(None), {"progress": 0, "message": "Server requested"}]
)
def test_an_unknown_event_stays_as_it_is(unknown: dict[str, object]) -> None:
    assert in_words(unknown) == unknown
