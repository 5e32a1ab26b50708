"""One frozen model for each group of stack config keys, in a file named like the group."""
