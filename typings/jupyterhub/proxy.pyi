from collections.abc import Mapping
from typing import Any

from aiohttp import ClientResponse
from traitlets.config import LoggingConfigurable

class Proxy(LoggingConfigurable):
    app: Any
    hub: Any
    def __init__(self, **traits: object) -> None: ...
    async def check_routes(
        self, user_dict: Mapping[Any, Any], service_dict: Mapping[Any, Any], routes: dict[str, Any] | None = None, /
    ) -> None: ...

class ConfigurableHTTPProxy(Proxy):
    async def get_all_routes(self) -> dict[str, Any]: ...
    api_url: str
    auth_token: str
    async def api_request(
        self, path: str, method: str = "GET", body: dict[str, Any] | None = None
    ) -> ClientResponse: ...
