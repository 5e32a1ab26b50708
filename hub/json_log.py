"""The log as one JSON object a line, with the fields that Cloud Logging knows.

Source: https://cloud.google.com/logging/docs/structured-logging (2026-11).
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traitlets.config import Config

    from hub.contract import HubConfig

VARIABLE: Final = "JUPYTERHUB_LOGS"
"""Environment variable of the idle culler with the form of its log."""


class JsonFormatter(logging.Formatter):
    """Formatter of whole records, with tracebacks in the message."""

    def __init__(self, *_: object) -> None:
        """Take, and ignore, JupyterHub's format of lines."""
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """Return a line."""
        parts = [record.getMessage()]
        if record.exc_info:
            parts.append(self.formatException(record.exc_info))
        return json.dumps(
            {
                "severity": record.levelname,
                "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
                "logger": record.name,
                "logging.googleapis.com/sourceLocation": {
                    "file": record.filename,
                    "line": str(record.lineno),
                    "function": record.funcName,
                },
                "message": "\n".join(parts),
            },
            ensure_ascii=False,
        )


CONFIG: Final[Mapping[str, Any]] = {
    "formatters": {"console": {"class": f"{__name__}.{JsonFormatter.__name__}"}},
    # Libraries that log by themselves, such as asyncio.
    "root": {"handlers": ["console"], "level": "WARNING"},
}
"""Changes of the logging configuration of an application of traitlets."""


def configure(c: Config, config: HubConfig) -> None:
    """Set the form of the log."""
    if config.monitoring.logs == "json":
        c.JupyterHub.logging_config = dict(CONFIG)
