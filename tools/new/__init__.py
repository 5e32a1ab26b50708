"""Writes the stack file of a new stack from the answers to a few questions (`make new`)."""
