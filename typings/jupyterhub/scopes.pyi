from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T", bound=Callable[..., object])

def needs_scope(*scopes: str) -> Callable[[T], T]: ...
