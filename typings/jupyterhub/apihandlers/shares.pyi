from jupyterhub.handlers.base import BaseHandler

class ServerShareCodeAPIHandler(BaseHandler):
    async def post(self, user_name: str, server_name: str | None = None) -> None: ...
