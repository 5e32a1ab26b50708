import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from config_check.check import check
from config_check.child import stand_in
from tests.stacks import pod_specs, record_hub

EXTRA = "extra_config.py"
"""Name of the file of `hub.extraConfig`."""

MEANT: Mapping[str, object] = {"replace_guard": True}
"""Values of `hub.json` with which the checks of what people start may be replaced."""

HERE = f"hub/{EXTRA}"

Try = Callable[..., list[str]]


def _from_secrets(pod: Mapping[str, Any]) -> list[str]:
    return [variable["name"] for variable in pod["containers"][0]["env"] if "valueFrom" in variable]


@pytest.fixture(scope="session")
def shipped() -> dict[str, str]:
    """The files of the ConfigMap of the smallest stack, with an `extra_config.py` that sets nothing."""
    return dict(record_hub({"hub.extraConfig": "# nothing"}).one("ConfigMap").inputs["data"])


@pytest.fixture(scope="session")
def secret_names() -> list[str]:
    """Names of the hub pod's environment variables from Secrets."""
    return _from_secrets(pod_specs(record_hub())["tf-hub"])


@pytest.fixture
def tried(shipped: dict[str, str], secret_names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Try:
    """Check the default configuration with an `extra_config.py` in this process: `file:line: text` of mistakes.

    `values` are other values of `hub.json`, by field.
    """
    for name in secret_names:
        monkeypatch.setenv(name, stand_in(name))

    def try_(
        extra: str,
        *,
        seconds: float = 30,
        warnings: list[str] | None = None,
        values: Mapping[str, object] | None = None,
        **changes: str,
    ) -> list[str]:
        (tmp_path / "hub").mkdir()
        files = {**shipped, EXTRA: extra, **{f"{name}.py": text for name, text in changes.items()}}
        files["hub.json"] = json.dumps({**json.loads(files["hub.json"]), **(values or {})})
        for name, text in files.items():
            (tmp_path / "hub" / name).write_text(text)
        found = check(tmp_path, seconds=seconds)
        if isinstance(warnings, list):
            warnings += [f"{warning.place.line}: {warning.text}" for warning in found.warnings]
        return [f"{mistake.place.file}:{mistake.place.line}: {mistake.text}" for mistake in found.mistakes]

    return try_
