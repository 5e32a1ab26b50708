"""What a stack says about Google Cloud: the models of those groups, their named types, and what has to fit together."""
