"""Makes a change readable before it is made: what restarts, what is replaced, what people notice, and each difference.

It reads what the real Pulumi engine says of a preview. `make diff` shows that in a terminal, the workflows as a comment
on a pull request.
"""
