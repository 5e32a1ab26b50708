"""A stand-in for the `gcp` provider: the real engine runs it where Google Cloud cannot be reached."""
