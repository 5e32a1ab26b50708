"""Check of the hub's configuration before any resource is registered, with JupyterHub's real classes.

It runs in a child process while the program goes on. `running` is the way in; `start` and `ConfigCheck.finish` are its
two halves.
"""

from config_check.child import ConfigCheck, running, start

__all__ = ["ConfigCheck", "running", "start"]
