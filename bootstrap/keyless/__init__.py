"""Lets GitHub Actions act in Google Cloud without a key: who may sign in, as whom, and where Pulumi's state is.

It stands apart from the hub's own program, which never needs it: another project of Pulumi, with a stack that a person
brings up once.
"""
