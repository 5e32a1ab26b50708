"""Output: the comment on a pull request, the terminal, and the plan of a deployment."""
