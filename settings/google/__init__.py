"""Tables of Google Cloud's inventory."""
