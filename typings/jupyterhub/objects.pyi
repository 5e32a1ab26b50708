class Server:
    ip: str
    base_url: str
