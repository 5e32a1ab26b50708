"""Values for environment variables whose real values are secrets, which a try never needs."""

import hashlib


def stand_in(name: str) -> str:
    """Returns 64 hex digits, the form of every key and token that JupyterHub checks; always the same for a name.

    A database's URL has a form of its own. This one leads nowhere: nobody can have a name that ends with `.invalid`.
    """
    digits = hashlib.sha256(name.encode()).hexdigest()
    return f"postgresql://stand-in:{digits}@database.invalid/hub" if name.endswith("DATABASE_URL") else digits
