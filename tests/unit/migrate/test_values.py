from pathlib import Path

import pytest

from migrate.translate import amounts
from migrate.values import read, without
from tools.errors import ToolError


def _file(folder: Path, text: str, name: str = "values.yaml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_later_files_win_as_in_helm_maps_merge_lists_are_replaced_and_null_removes(tmp_path: Path) -> None:
    first = _file(tmp_path, "hub: {baseUrl: /a, db: {type: postgres}}\nsingleuser: {cmd: [a, b], uid: 7}\n", "1.yaml")
    second = _file(tmp_path, "hub: {baseUrl: /b}\nsingleuser: {cmd: [c], uid: null}\n", "2.yaml")
    expected = {"hub": {"baseUrl": "/b", "db": {"type": "postgres"}}, "singleuser": {"cmd": ["c"]}}
    assert read([first, second]) == expected


@pytest.mark.parametrize(
    "around",
    ["{}", "jupyterhub: {}", "basehub: {{jupyterhub: {}}}", "daskhub: {{jupyterhub: {}}}", "spec: {{values: {}}}"],
)
def test_values_are_found_below_the_charts_around_them(tmp_path: Path, around: str) -> None:
    text = around.format("{hub: {baseUrl: /a}}")
    assert read([_file(tmp_path, text)]) == {"hub": {"baseUrl": "/a"}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("replicas: 3\n", "has no values of JupyterHub's chart"),
        ("hub: [\n", "is no YAML"),
        ("- hub\n", "has no values of JupyterHub's chart"),
    ],
)
def test_a_file_without_values_of_the_chart_is_named(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ToolError, match=problem):
        read([_file(tmp_path, text)])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"none\.yaml cannot be read"):
        read([tmp_path / "none.yaml"])


def test_templates_without_quotes_are_texts(tmp_path: Path) -> None:
    text = "hub:\n  baseUrl: {{ .Values.path }}\nproxy:\n  service:\n    loadBalancerIP: {{ 'a' }}\n"
    values = read([_file(tmp_path, text)])
    assert values == {
        "hub": {"baseUrl": "{{ .Values.path }}"},
        "proxy": {"service": {"loadBalancerIP": "{{ 'a' }}"}},
    }


def test_values_like_the_defaults_of_the_chart_are_left_out() -> None:
    values = {"hub": {"db": {"type": "sqlite-pvc"}, "baseUrl": "/a"}, "cull": {"enabled": True}}
    defaults = {"hub": {"db": {"type": "sqlite-pvc"}, "baseUrl": "/"}, "cull": {"enabled": True}}
    assert without(values, defaults) == {"hub": {"baseUrl": "/a"}}


@pytest.mark.parametrize(
    ("chart", "here"),
    [
        ("1G", "1Gi"),
        ("512M", "512Mi"),
        ("1.5G", "1536Mi"),
        ("2Gi", "2Gi"),
        (1073741824, "1073741824"),
        ("0.5T", "512Gi"),
        ("1 GB", None),
        (None, None),
    ],
)
def test_memory_has_as_many_bytes_as_kubespawner_counts(chart: object, here: str | None) -> None:
    assert amounts.memory(chart) == here


@pytest.mark.parametrize(
    ("chart", "here"),
    [(0.5, "0.5"), (2, "2"), ("500m", "500m"), (0.4563125, "0.456"), (0, None), ("many", None), (10, "10")],
)
def test_cpus_are_numbers_that_kubernetes_takes(chart: object, here: str | None) -> None:
    assert amounts.cpu(chart) == here
