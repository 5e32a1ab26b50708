"""Reading of stack config: files, keys, loading, error messages."""
