"""The proxy's log as JSON objects."""

import json
import shutil
import subprocess
from pathlib import Path

from tests.unit.docker.dockerfile import DOCKER, NODE
from tests.unit.docker.proxies import installed

_PROGRAM = """
import { defaultLogger } from "./node_modules/configurable-http-proxy/lib/log.js";
const log = defaultLogger({ level: "info" });
log.info("Proxying %s to %s", "http://*:8000", "the hub");
log.warn('a "quoted"\\nline');
log.debug("not at this level");
console.error("The renewed certificate cannot be used: %s", "no key");
"""


def test_the_proxy_and_its_modules_log_one_object_a_line(tmp_path: Path) -> None:
    shutil.copy(DOCKER / "proxy" / "json-log.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(installed())
    (tmp_path / "program.mjs").write_text(_PROGRAM)
    done = subprocess.run(
        [NODE, f"--import={tmp_path / 'json-log.mjs'}", "program.mjs"], cwd=tmp_path, capture_output=True, check=True
    )
    entries = [json.loads(line) for line in (done.stdout + done.stderr).splitlines()]
    assert [(entry["severity"], entry["message"]) for entry in entries] == [
        ("INFO", "Proxying http://*:8000 to the hub"),
        ("WARNING", 'a "quoted"\nline'),
        ("ERROR", "The renewed certificate cannot be used: no key"),
    ]
