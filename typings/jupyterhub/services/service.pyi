from traitlets.config import LoggingConfigurable

class Service(LoggingConfigurable):
    api_token: str
