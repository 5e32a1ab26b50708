from aiohttp import ClientResponse
from traitlets.config import SingletonConfigurable

class JupyterHubHTTPClient(SingletonConfigurable):
    @classmethod
    def loop_instance(cls) -> JupyterHubHTTPClient: ...
    async def close(self) -> None: ...

async def fetch(
    url: str, *, method: str = "GET", raise_for_status: bool = True, **options: object
) -> ClientResponse: ...
