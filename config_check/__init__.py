"""Check of the hub's configuration before any resource is registered, with JupyterHub's real classes.

It runs in a child process while the program goes on.
"""

from config_check.child import Own, running

__all__ = ["Own", "running"]
