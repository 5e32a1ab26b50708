from collections.abc import Awaitable, Callable

from traitlets.config import Application

class IdleCuller(Application):
    url: str
    cull_arbiter_hook: Callable[..., bool | Awaitable[bool]]
