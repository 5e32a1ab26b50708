"""States of released versions, which `tests/engine/test_upgrades.py` upgrades.

Once a release: `WRITE_STATE=0.1.0 .venv/bin/python -m pytest tests/e2e/test_gke.py`.
"""

import json
import os
import re
from typing import Any, cast

import yaml

from tests.conftest import succeed
from tools.engine import Stack
from tools.paths import CHECKOUT

FOLDER = CHECKOUT / "tests" / "engine" / "states"
PASSPHRASE = "only for tests"  # noqa: S105 it encrypts made-up secrets
_OMITTED = {"sourcePosition", "stackTrace"}
_PORT = re.compile(r"(https://[0-9.]+):\d+")


def write_if_requested(stack: Stack, config: dict[str, object]) -> None:
    """Write the state and the config of a stack if the variable WRITE_STATE has a version.

    Source positions, the content of ConfigMaps and the port of the local cluster are omitted.
    """
    if not (version := os.environ.get("WRITE_STATE")):
        return
    state = _reduced(json.loads(succeed(stack, "stack", "export")))
    for resource in state["deployment"]["resources"]:
        if resource["type"] == "kubernetes:core/v1:ConfigMap":
            for properties in (resource["inputs"], resource["outputs"], resource["outputs"].get("__inputs", {})):
                properties.pop("data", None)
    text = _PORT.sub(r"\1:6443", json.dumps(state, indent=1))
    (FOLDER / f"{version}.json").write_text(f"{text}\n")
    (FOLDER / f"{version}.yaml").write_text(yaml.safe_dump({"config": config}))


def _reduced(value: Any) -> Any:  # noqa: ANN401 any JSON
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: _reduced(item) for key, item in items if key not in _OMITTED}
    if isinstance(value, list):
        return [_reduced(item) for item in cast("list[Any]", value)]
    return value
