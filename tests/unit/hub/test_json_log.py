"""The log as JSON objects."""

import json
import logging
from pathlib import Path

import httpx
import pytest

from hub.contract import HubConfig
from hub.json_log import JsonFormatter
from tests.unit.hub.running_hub import running
from tests.waiting import wait_until


def _line(message: str, *args: object, error: BaseException | None = None) -> str:
    """Return the line of a record."""
    of_error = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("JupyterHub", logging.WARNING, "hub/x.py", 7, message, args, of_error, "start")
    return JsonFormatter().format(record)


def test_a_line_is_one_object_with_the_fields_of_cloud_logging() -> None:
    line = _line("the user %s\nis here", 'Ada "A"')
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["severity"], entry["message"]) == ("WARNING", 'the user Ada "A"\nis here')
    assert entry["time"].endswith("+00:00")
    assert entry["logging.googleapis.com/sourceLocation"] == {"file": "x.py", "line": "7", "function": "start"}


def test_a_traceback_is_a_part_of_the_message() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        _ = 1 // 0
    message = str(json.loads(_line("it failed", error=caught.value))["message"])
    assert message.startswith("it failed\nTraceback")
    assert message.endswith("ZeroDivisionError: integer division or modulo by zero")


def _entries(log: Path) -> list[dict[str, str]]:
    """Return the objects of a hub's log."""
    lines = log.read_text().rpartition("\n")[0].splitlines()
    # JupyterHub has read its configuration after its first lines.
    first = next(index for index, line in enumerate(lines) if line.startswith("{"))
    return [json.loads(line) for line in lines[first:]]


def test_a_hub_logs_objects_and_so_does_its_culler(hub_config: HubConfig, tmp_path: Path) -> None:
    monitoring = hub_config.monitoring.model_copy(update={"logs": "json"})
    config = hub_config.model_copy(update={"monitoring": monitoring, "idle_minutes": 1})
    with running(tmp_path, config) as hub:
        assert httpx.get(f"{hub.url}/hub/no-such-page").status_code == 404
        # Tornado logs a request after its response. The culler is ready once it logs: one that is stopped while it
        # starts prints a traceback.
        wait_until(lambda: any("no-such-page" in entry["message"] for entry in _entries(hub.log)))
        wait_until(lambda: any(entry["logger"] == "NotebookCuller" for entry in _entries(hub.log)))
        assert {"INFO", "WARNING"} <= {entry["severity"] for entry in _entries(hub.log)}
