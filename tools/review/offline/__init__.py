"""Comparison of two revisions of a stack without cluster, cloud, state and secrets."""
