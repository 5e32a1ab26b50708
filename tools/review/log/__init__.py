"""The engine's event log of a preview, read into resources, changes and messages."""
