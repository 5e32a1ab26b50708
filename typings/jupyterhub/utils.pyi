from asyncio import Future
from collections.abc import Awaitable
from typing import TypeVar

_T = TypeVar("_T")

def maybe_future(obj: Awaitable[_T] | _T) -> Future[_T]: ...
def url_path_join(*pieces: str) -> str: ...
