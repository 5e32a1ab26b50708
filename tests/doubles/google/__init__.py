"""A stand-in for the `gcp` provider, which the real engine runs in place of the real plugin.

    engine = engine_with_stand_in(built_engine, tmp_path, kubeconfig=live_cluster)
    stack = make_stack("gke", tmp_path, engine, live_cluster, {...})

It checks inputs as the real provider does (`schema`, `rules`), computes diffs (`replacements`), makes up outputs
(`outputs`) and stores the resources in a file (`cloud`). Tests use it through `plugin`.
"""
