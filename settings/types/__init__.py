"""Named types of single values."""
