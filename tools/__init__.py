"""Development tools: the local cluster, reviews of changes, benchmarks. The program imports none of them."""
