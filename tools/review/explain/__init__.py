"""The effects of a change on users: restarts, losses, and visible changes."""
