"""The one kind of error that the local commands show to a person."""


class LocalError(Exception):
    """Something that a person can mend; the message says what is wrong and how to mend it."""
