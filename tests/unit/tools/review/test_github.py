"""Comments are posted to a stand-in for GitHub's API, on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from tools.errors import ToolError
from tools.review.show import github

DEV, GKE = ("<!-- jupyterhub-preview: dev -->\ntext", "<!-- jupyterhub-preview: gke -->\ntext")


class _Api(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments: list[dict[str, Any]] = []
        self.refusal: tuple[int, str] | None = None
        self.asked: list[str] = []

    def add(self, body: str, *, user: str = "github-actions[bot]") -> dict[str, Any]:
        number = len(self.comments) + 1
        comment = {
            "id": number,
            "body": body,
            "user": {"login": user},
            "html_url": f"https://github.example/c/{number}",
        }
        self.comments.append(comment)
        return comment


class _Handler(BaseHTTPRequestHandler):
    @property
    def _api(self) -> _Api:
        return cast("_Api", self.server)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 so in the base class
        """Print nothing."""

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        size, page = int(query["per_page"][0]), int(query["page"][0])
        self._answer(200, self._api.comments[(page - 1) * size : page * size])

    def do_POST(self) -> None:
        self._answer(201, self._api.add(self._body()))

    def do_PATCH(self) -> None:
        comment = self._api.comments[int(self.path.rpartition("/")[2]) - 1]
        comment["body"] = self._body()
        self._answer(200, comment)

    def _body(self) -> str:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]

    def _answer(self, status: int, content: object) -> None:
        self._api.asked.append(f"{self.command} {urlsplit(self.path).path} {self.headers['Authorization']}")
        if self._api.refusal is not None:
            status, content = self._api.refusal[0], {"message": self._api.refusal[1]}
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Api]:
    with _Api() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("GITHUB_REPOSITORY", "physics/hub")
        monkeypatch.setenv("GITHUB_TOKEN", "the-token")
        yield server
        server.shutdown()
        thread.join()


def test_the_first_comment_is_created_and_then_updated(api: _Api) -> None:
    assert github.post(DEV, 7) == "https://github.example/c/1"
    assert github.post(f"{DEV} again", 7) == "https://github.example/c/1"
    assert [comment["body"] for comment in api.comments] == [f"{DEV} again"]
    assert api.asked[1] == "POST /repos/physics/hub/issues/7/comments Bearer the-token"


def test_each_stack_has_a_comment_of_its_own(api: _Api) -> None:
    github.post(DEV, 7)
    github.post(GKE, 7)
    github.post(f"{GKE} again", 7)
    assert [comment["body"] for comment in api.comments] == [DEV, f"{GKE} again"]


def test_an_old_comment_is_found_on_any_page(api: _Api) -> None:
    for number in range(250):
        api.add(f"comment {number}", user="ada")
    api.add(DEV)
    for number in range(60):
        api.add(f"later {number}", user="ada")
    github.post(f"{DEV} again", 7)
    assert len(api.comments) == 311
    assert api.comments[250]["body"] == f"{DEV} again"


@pytest.mark.parametrize("user", ["ada", "renovate[bot]", None])
def test_a_comment_of_another_user_is_not_changed(api: _Api, user: str | None) -> None:
    foreign = api.add(DEV, user="ada" if user is None else user)
    if user is None:
        foreign["user"] = None  # a deleted account
    api.add(f"quoted: {DEV}")
    github.post(f"{DEV} mine", 7)
    assert [comment["body"] for comment in api.comments] == [DEV, f"quoted: {DEV}", f"{DEV} mine"]
    assert {line.partition(" ")[0] for line in api.asked} == {"GET", "POST"}


def test_a_rejection_is_reported_with_its_reason_and_without_the_token(api: _Api) -> None:
    api.refusal = (403, "Resource not accessible by integration")
    with pytest.raises(ToolError, match=r"403 Resource not accessible(?s:.*)pull-requests: write") as caught:
        github.post(DEV, 7)
    assert "the-token" not in str(caught.value)


def test_a_missing_pull_request_is_reported(api: _Api) -> None:
    api.refusal = (404, "Not Found")
    with pytest.raises(ToolError, match="no such pull request"):
        github.post(DEV, 7)


def test_an_unreachable_api_is_reported(api: _Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    with pytest.raises(ToolError, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        github.post(DEV, 7)


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GITHUB_REPOSITORY"])
def test_a_missing_variable_is_named(api: _Api, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert api
    monkeypatch.delenv(name)
    with pytest.raises(ToolError, match=name):
        github.post(DEV, 7)


def test_a_text_without_a_marker_is_not_posted(api: _Api) -> None:
    with pytest.raises(ToolError, match="marker"):
        github.post("hello", 7)
    assert api.comments == []
