"""A user of the hub with sign-in without passwords, by its REST API."""

import ssl

import httpx

TLS = ssl.create_default_context()
"""Made once: it takes longer than a request."""


class Visitor(httpx.Client):
    """A signed-in user."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(base_url=url, follow_redirects=True, timeout=120, verify=TLS)
        self._user = f"/hub/api/users/{name}"
        self.get("/hub/login")
        self.post("/hub/login", data={"username": name, "password": "any", "_xsrf": self.cookies["_xsrf"]})
        self.get("/hub/home")
        xsrf = next(
            cookie.value or "" for cookie in self.cookies.jar if cookie.name == "_xsrf" and cookie.path == "/hub/"
        )
        self.headers["X-XSRFToken"] = xsrf

    def start(self) -> None:
        """Request the start of the server."""
        self.post(f"{self._user}/server", json={})

    def stop(self) -> None:
        """Request the stop of the server."""
        self.delete(f"{self._user}/server")

    def has_server(self) -> bool:
        """Return whether there is a server, also one that starts or stops."""
        return bool(self.get(self._user).json()["servers"])

    def token(self) -> str:
        """Return a new token of the user."""
        return str(self.post(f"{self._user}/tokens", json={}).json()["token"])
