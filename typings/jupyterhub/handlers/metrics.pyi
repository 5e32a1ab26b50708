from jupyterhub.handlers.base import BaseHandler

class MetricsHandler(BaseHandler):
    async def get(self) -> None: ...
