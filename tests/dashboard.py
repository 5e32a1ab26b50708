"""The queries of the Grafana dashboard."""

import json
from typing import Any, Final

from tools.paths import CHECKOUT

_DASHBOARD: Final[dict[str, Any]] = json.loads((CHECKOUT / "monitoring" / "dashboard.json").read_text(encoding="utf-8"))

QUERIES: Final[tuple[str, ...]] = tuple(
    str(target["expr"]) for panel in _DASHBOARD["panels"] for target in panel.get("targets", ())
)
"""Each in PromQL, with the variables of Grafana."""


def query(of: str, **variables: str) -> str:
    """Return a query with values in place of Grafana's variables, such as `namespace` and `__range`."""
    for name in sorted(variables, key=len, reverse=True):
        of = of.replace(f"${name}", variables[name])
    return of
