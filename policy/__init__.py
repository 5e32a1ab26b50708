"""Rules for the objects of a stack, checked in each preview on a pull request."""
