class Hub:
    base_url: str
