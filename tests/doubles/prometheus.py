"""A real Prometheus that reads the metrics of one hub, and evaluates alert rules."""

import json
import socket
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from hub.contract_monitoring import METRICS_PATH
from tools import toolchain


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """A running Prometheus."""

    url: str
    token_file: Path
    """The file with the token, which Prometheus reads at each look."""

    def ask(self, query: str) -> dict[str, float]:
        """Return the present values of a query, by their labels as JSON."""
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": query}, timeout=60).raise_for_status().json()
        return {json.dumps(one["metric"], sort_keys=True): float(one["value"][1]) for one in answer["data"]["result"]}

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire."""
        answer = httpx.get(f"{self.url}/api/v1/alerts", timeout=60).raise_for_status().json()
        return {one["labels"]["alertname"] for one in answer["data"]["alerts"] if one["state"] == "firing"}


def mistakes_found_by(*arguments: str | Path) -> str:
    """Return what promtool finds wrong; empty if nothing.

    Raises:
        ToolError: Go is missing, or the build failed.
    """
    toolchain.build(toolchain.PROMETHEUS)
    command = [toolchain.PROMETHEUS.programs / "promtool", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


@contextmanager
def running(
    folder: Path, *, job: str, target: str, token: str, labels: Mapping[str, str], rules: Sequence[Mapping[str, Any]]
) -> Generator[Prometheus]:
    """Run Prometheus until the end of the block. It looks each second.

    Args:
        folder: A folder for its configuration and data.
        job: Name of the job.
        target: Address and port at which the hub answers.
        token: The token with which it reads the metrics.
        labels: Labels of the target, as an operator would set them.
        rules: Groups of alert rules.

    Raises:
        ToolError: Go is missing, or the build failed.
    """
    toolchain.build(toolchain.PROMETHEUS)
    (folder / "token").write_text(token)
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": list(rules)}))
    (folder / "prometheus.yaml").write_text(
        yaml.safe_dump(
            {
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": ["rules.yaml"],
                "scrape_configs": [
                    {
                        "job_name": job,
                        "metrics_path": METRICS_PATH,
                        "authorization": {"credentials_file": "token"},
                        "static_configs": [{"targets": [target], "labels": dict(labels)}],
                    }
                ],
            }
        )
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        toolchain.PROMETHEUS.programs / "prometheus",
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}", process, folder / "log.txt")
        yield Prometheus(url=f"http://127.0.0.1:{port}", token_file=folder / "token")
    finally:
        process.terminate()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        try:
            if httpx.get(f"{url}/-/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())
