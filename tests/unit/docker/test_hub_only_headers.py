"""The script that removes IAP's headers for notebooks, with a proxy that only returns the target."""

import json
import shutil
import subprocess
from pathlib import Path

from tests.unit.docker.dockerfile import DOCKER, NODE

_PROXY = """
export default class {
  async targetForReq({ url }) {
    return { prefix: url.startsWith("/user/") ? "/user/ada" : "/" };
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


def test_only_the_hub_gets_the_iap_header(tmp_path: Path) -> None:
    library = tmp_path / "node_modules/configurable-http-proxy/lib"
    library.mkdir(parents=True)
    (library.parent / "package.json").write_text('{"type": "module"}')
    (library / "configproxy.js").write_text(_PROXY)
    for module in ("hub-only-headers.mjs", "hub-route.mjs"):
        shutil.copy(DOCKER / "proxy" / module, tmp_path)
    (tmp_path / "ask.mjs").write_text(_ASK)
    requests = [{"url": url, "headers": _HEADERS} for url in ("/hub/login", "/user/ada/lab")]
    requests.append({"url": "/user/ada/lab", "headers": {"accept": "*/*"}})
    done = subprocess.run([NODE, "ask.mjs", json.dumps(requests)], cwd=tmp_path, capture_output=True, check=True)
    assert json.loads(done.stdout) == [
        ["/", _HEADERS],
        ["/user/ada", {"cookie": "_xsrf=1; jupyterhub-user-ada=5", "accept": "*/*"}],
        ["/user/ada", {"accept": "*/*"}],
    ]
