"""What surrounds the program: the local cluster, reviews of changes, benchmarks. The program imports none of it."""
