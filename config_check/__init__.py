"""Tries the hub's configuration before anything is touched, with the real classes, in a process of its own.

`start` begins the try while the program goes on; `DryRun.require_good` waits for it and tells all mistakes at once.
"""

from config_check.child import DryRun, KnownGood, start

__all__ = ["DryRun", "KnownGood", "start"]
