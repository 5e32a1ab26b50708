"""Everything that is generated from the settings' docstrings, types and defaults: `make schema`."""
