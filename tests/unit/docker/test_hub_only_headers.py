"""The script that removes IAP's headers for notebooks, with a proxy that only returns the target."""

import json
import shutil
import subprocess
from pathlib import Path

from tests.unit.docker.dockerfile import DOCKER, NODE

_PROXY = """
export default class {
  async targetForReq({ url }) {
    const prefix = ["/jupyter/user/ada", "/jupyter", "/user/ada"].find((route) => url.startsWith(route));
    return { prefix: prefix ?? "/" };
  }
}
"""
_ASK = """
import "./hub-only-headers.mjs";
import Proxy from "./node_modules/configurable-http-proxy/lib/configproxy.js";
const answers = [];
for (const request of JSON.parse(process.argv[2])) {
  const target = await new Proxy().targetForReq(request);
  answers.push([target.prefix, request.headers]);
}
console.log(JSON.stringify(answers));
"""
_HEADERS = {
    "x-goog-iap-jwt-assertion": "signed",
    "cookie": "_xsrf=1; GCP_IAP_UID=2; __Host-GCP_IAP_AUTH_TOKEN_3=4; jupyterhub-user-ada=5",
    "accept": "*/*",
}


def _answers(folder: Path, urls: list[str], environment: dict[str, str] | None = None) -> list[list[object]]:
    """Return the route and the headers that are left of requests with the headers of IAP."""
    library = folder / "node_modules/configurable-http-proxy/lib"
    library.mkdir(parents=True)
    (library.parent / "package.json").write_text('{"type": "module"}')
    (library / "configproxy.js").write_text(_PROXY)
    for module in ("hub-only-headers.mjs", "hub-route.mjs"):
        shutil.copy(DOCKER / "proxy" / module, folder)
    (folder / "ask.mjs").write_text(_ASK)
    requests = [{"url": url, "headers": _HEADERS} for url in urls]
    requests.append({"url": urls[-1], "headers": {"accept": "*/*"}})
    command = [NODE, "ask.mjs", json.dumps(requests)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_only_the_hub_gets_the_iap_header(tmp_path: Path) -> None:
    assert _answers(tmp_path, ["/hub/login", "/user/ada/lab"]) == [
        ["/", _HEADERS],
        ["/user/ada", {"cookie": "_xsrf=1; jupyterhub-user-ada=5", "accept": "*/*"}],
        ["/user/ada", {"accept": "*/*"}],
    ]


def test_only_the_hub_below_a_path_gets_the_iap_header(tmp_path: Path) -> None:
    urls = ["/", "/jupyter/hub/login", "/jupyter/user/ada/lab"]
    assert _answers(tmp_path, urls, {"HUB_ROUTE": "/jupyter"}) == [
        ["/", _HEADERS],
        ["/jupyter", _HEADERS],
        ["/jupyter/user/ada", {"cookie": "_xsrf=1; jupyterhub-user-ada=5", "accept": "*/*"}],
        ["/jupyter/user/ada", {"accept": "*/*"}],
    ]
