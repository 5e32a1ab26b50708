"""Rules between groups of keys."""
