"""Rules for the resources of a stack, checked in each preview of a pull request."""
