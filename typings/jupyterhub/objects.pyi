class Server:
    ip: str
    base_url: str

class Hub:
    base_url: str
