"""Homes of another hub: their volumes get claims in the notebooks' namespace of this one, without a copy.

`cluster` reads claims and volumes, `steps` says which step comes next for each home, and `move` takes these steps.
"""
