from collections.abc import Mapping, Sequence

from jupyterhub.auth import Authenticator
from jupyterhub.proxy import Proxy
from jupyterhub.services.service import Service
from jupyterhub.spawner import Spawner
from jupyterhub.user import UserDict
from sqlalchemy.orm import Session
from traitlets.config import Application, Config

class JupyterHub(Application):
    authenticator_class: type[Authenticator]
    spawner_class: type[Spawner]
    proxy_class: type[Proxy]
    bind_url: str
    db: Session
    proxy: Proxy
    users: UserDict
    _service_map: Mapping[str, Service]
    def __init__(self, *, config: Config = ..., classes: Sequence[type] = ...) -> None: ...
    def init_db(self) -> None: ...
    async def init_api_tokens(self) -> None: ...
