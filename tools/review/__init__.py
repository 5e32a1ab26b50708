"""Reviews of a change before it is made: restarts, replacements, effects on users, and each difference.

They are made from the event log of a preview. `make diff` shows them in the terminal, the workflows in a comment on the
pull request.
"""
