"""The alert rules as a file, for a Prometheus whose configuration is the operator's own."""

from typing import Final

import yaml

from components import alerts
from settings import Settings

_HEAD: Final = """\
# Alert rules of a hub with the default name and namespace, for `rule_files` of Prometheus: change both if yours differ.
# With monitoring.metrics managed-prometheus and prometheus-operator the stack makes them. Written by: make schema
"""


def rule_file() -> str:
    """Return the file."""
    fields = Settings.model_fields
    name, namespace = (str(fields[field].default) for field in ("name", "namespace"))
    groups = alerts.groups(name, namespace, has_volume=True, has_certificate=True)
    return _HEAD + yaml.safe_dump({"groups": groups}, sort_keys=False, width=1000)
