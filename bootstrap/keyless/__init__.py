"""Google Cloud access for GitHub Actions without keys: identity federation, service accounts, Pulumi's backend.

A Pulumi project of its own, independent of the hub's program. A person runs `pulumi up` once.
"""
