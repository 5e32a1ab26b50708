from collections.abc import Mapping
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.user import User
from traitlets.config import LoggingConfigurable

class Proxy(LoggingConfigurable):
    app: JupyterHub
    async def check_routes(
        self, user_dict: Mapping[Any, User], service_dict: Mapping[Any, Any], routes: dict[str, Any] | None = None
    ) -> None: ...

class ConfigurableHTTPProxy(Proxy): ...
