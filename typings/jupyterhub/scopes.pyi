from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T", bound=Callable[..., object])

def needs_scope(*scopes: str) -> Callable[[_T], _T]: ...
