"""The meaning of a change for people: what restarts, what may be lost, what they notice."""
