"""The base class of HTTP servers that stand in for services on the internet."""

from abc import ABC, abstractmethod
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web
from anyio.from_thread import start_blocking_portal


@dataclass(kw_only=True)
class HttpDouble(ABC):
    """An HTTP server that runs while its context is entered. Its attributes may be changed meanwhile."""

    address: str = "127.0.0.1"
    port: int = 0
    """0 = any free port, which is set when the context is entered."""
    down: bool = False
    """Whether each response is 503."""
    _stack: ExitStack = field(init=False)

    @abstractmethod
    def application(self) -> web.Application:
        """Return the application to serve."""

    @property
    def url(self) -> str:
        """Its URL, without a slash at the end."""
        return f"http://{self.address}:{self.port}"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            portal = stack.enter_context(start_blocking_portal())
            stack.callback(portal.call, portal.call(self._start).cleanup)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    async def _start(self) -> web.AppRunner:
        runner = web.AppRunner(self.application(), access_log=None)  # an access log would have codes
        await runner.setup()
        await web.TCPSite(runner, self.address, self.port).start()
        self.port = runner.addresses[0][1]
        return runner
