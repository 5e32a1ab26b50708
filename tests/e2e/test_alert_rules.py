"""When each alert fires, and when it does not: promtool evaluates the rules over series of an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from components import alerts
from hub.contract_monitoring import CERTIFICATE_END, PROBLEM, STARTS, VOLUME, VOLUME_FREE
from tests.conftest import leave_out
from tests.doubles.prometheus import mistakes_found_by
from tools.errors import ToolError
from tools.schema.generated import RULE_FILE

_HUB: Final = 'namespace="jupyterhub",job="tf-hub"'
_DAY: Final = 86_400
_RULES: Final[Mapping[str, Any]] = {
    rule["alert"]: rule for group in yaml.safe_load(RULE_FILE.read_text())["groups"] for rule in group["rules"]
}


@dataclass(frozen=True, kw_only=True)
class _Case:
    """What happens to a hub, and whether an alert fires then."""

    alert: str
    series: Mapping[str, str]
    """Metrics with their values in each minute, as promtool writes them: `0+2x60` grows by 2 in each of 60."""
    minute: int = 60
    """When the alert is looked at."""
    fires: bool
    says: str = ""
    """Its summary."""
    of: Mapping[str, str] = field(default_factory=dict[str, str])
    """Its labels beside severity and namespace."""


def _starts(status: str, values: str) -> dict[str, str]:
    return {f'{STARTS}_count{{{_HUB},status="{status}"}}': values}


def _slow_starts(each_minute: int) -> dict[str, str]:
    """Return starts that take between 5 and 10 minutes."""
    buckets = {"300.0": "0x60", **dict.fromkeys(("600.0", "+Inf"), f"0+{each_minute}x60")}
    return {
        f'{STARTS}_bucket{{{_HUB},status="success",le="{most}"}}': values for most, values in buckets.items()
    } | _starts("success", f"0+{each_minute}x60")


def _volume(free: int) -> dict[str, str]:
    return {f"{VOLUME}{{{_HUB}}}": "1000x60", f"{VOLUME_FREE}{{{_HUB}}}": f"{free}x60"}


_DOWN: Final = _RULES["JupyterHubDown"]["annotations"]["summary"]
_OF_HUB: Final = {"job": "tf-hub"}
_CASES: Final = {
    "a hub that answers": _Case(alert="JupyterHubDown", series={f"up{{{_HUB}}}": "1x60"}, fires=False),
    "a hub that the operator reads": _Case(
        alert="JupyterHubDown", series={'up{namespace="jupyterhub",job="jupyterhub/tf-hub"}': "1x60"}, fires=False
    ),
    "a restart": _Case(alert="JupyterHubDown", series={f"up{{{_HUB}}}": "1x10 0x3 1x46"}, minute=14, fires=False),
    "an outage": _Case(
        alert="JupyterHubDown",
        series={f"up{{{_HUB}}}": "1x10 0x49"},
        minute=17,
        fires=True,
        says=_DOWN,
    ),
    "a hub that nothing reads": _Case(
        alert="JupyterHubDown",
        series={'up{namespace="other",job="tf-hub"}': "1x60"},
        fires=True,
        says=_DOWN,
    ),
    "a check that failed for a moment": _Case(
        alert="JupyterHubUnhealthy", series={f'{PROBLEM}{{{_HUB},check="The proxy"}}': "0x55 1x3"}, fires=False
    ),
    "a check that fails": _Case(
        alert="JupyterHubUnhealthy",
        series={f'{PROBLEM}{{{_HUB},check="{check}"}}': f"{value}x60" for check, value in (("The proxy", 1), ("B", 0))},
        fires=True,
        says="A check of the hub fails: The proxy.",
        of={"check": "The proxy"},
    ),
    "each other start fails": _Case(
        alert="JupyterHubStartsFail",
        series=_starts("error", "0+1x60") | _starts("success", "0+1x60"),
        fires=True,
        says="50% of the starts of servers fail.",
    ),
    "all starts fail after a quiet hour": _Case(
        alert="JupyterHubStartsFail",
        series=_starts("error", "0x50 5x9") | _starts("success", "0x60"),
        fires=True,
        says="100% of the starts of servers fail.",
    ),
    "each fifth start fails": _Case(
        alert="JupyterHubStartsFail", series=_starts("error", "0+1x60") | _starts("success", "0+4x60"), fires=False
    ),
    "two starts of one person fail": _Case(
        alert="JupyterHubStartsFail", series=_starts("error", "0x50 2x9") | _starts("success", "0x60"), fires=False
    ),
    "starts are refused": _Case(
        alert="JupyterHubStartsFail", series=_starts("failure", "0+9x60") | _starts("error", "0x60"), fires=False
    ),
    "starts are slow": _Case(
        alert="JupyterHubStartsSlow",
        series=_slow_starts(1),
        fires=True,
        says="People wait 9m 30s for their servers.",
    ),
    "nobody starts a server": _Case(alert="JupyterHubStartsSlow", series=_slow_starts(0), fires=False),
    "starts are quick": _Case(
        alert="JupyterHubStartsSlow",
        series={
            f'{STARTS}_bucket{{{_HUB},status="success",le="{most}"}}': "0+1x60" for most in ("30.0", "300.0", "+Inf")
        }
        | _starts("success", "0+1x60"),
        fires=False,
    ),
    "a tenth is free": _Case(
        alert="JupyterHubDatabaseNearlyFull",
        series=_volume(100),
        fires=True,
        says="10% of the volume of the hub's database is free.",
        of=_OF_HUB,
    ),
    "half is free": _Case(alert="JupyterHubDatabaseNearlyFull", series=_volume(500), fires=False),
    "a certificate of 10 days": _Case(
        alert="JupyterHubCertificateEnds",
        series={f"{CERTIFICATE_END}{{{_HUB}}}": f"{10 * _DAY + 3600}x60"},
        fires=True,
        says="The certificate of the hub ends in 10d 0h 0m 0s, and was not renewed.",
        of=_OF_HUB,
    ),
    "a certificate of 20 days": _Case(
        alert="JupyterHubCertificateEnds", series={f"{CERTIFICATE_END}{{{_HUB}}}": f"{20 * _DAY}x60"}, fires=False
    ),
}


def _mistakes(*arguments: str | Path) -> str:
    try:
        return mistakes_found_by(*arguments)
    except ToolError as error:
        leave_out(str(error))
        raise


def _expected(case: _Case) -> list[dict[str, object]]:
    if not case.fires:
        return []
    rule = _RULES[case.alert]
    labels = {**rule["labels"], **case.of}
    return [{"exp_labels": labels, "exp_annotations": {**rule["annotations"], "summary": case.says}}]


def test_the_written_alert_rules_are_valid() -> None:
    assert _mistakes("check", "rules", "--lint=all", "--lint-fatal", RULE_FILE) == ""


@pytest.mark.parametrize("name", _CASES)
def test_an_alert_fires_when_it_should_and_only_then(tmp_path: Path, name: str) -> None:
    case, file = _CASES[name], tmp_path / "test.yaml"
    series = [{"series": of, "values": values} for of, values in case.series.items()]
    look = {"eval_time": f"{case.minute}m", "alertname": case.alert, "exp_alerts": _expected(case)}
    tests = [{"interval": "1m", "input_series": series, "alert_rule_test": [look]}]
    file.write_text(yaml.safe_dump({"rule_files": [str(RULE_FILE)], "evaluation_interval": "1m", "tests": tests}))
    assert _mistakes("test", "rules", file) == ""


def test_each_alert_is_tried_both_ways() -> None:
    every = set(alerts.names(yaml.safe_load(RULE_FILE.read_text())["groups"]))
    for fires in (True, False):
        assert {case.alert for case in _CASES.values() if case.fires is fires} == every
