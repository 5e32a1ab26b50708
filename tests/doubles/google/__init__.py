"""A stand-in for the `gcp` provider: the real engine runs it where Google Cloud cannot be reached.

    engine = engine_with_stand_in(built_engine, tmp_path, kubeconfig=live_cluster)
    stack = make_stack("gke", tmp_path, engine, live_cluster, {...})

It checks inputs as the real provider does (`schema`, `rules`), knows what a change does (`replacements`), makes up what
Google would answer (`outputs`), and remembers it in a file (`cloud`). `plugin` has the way in.
"""
