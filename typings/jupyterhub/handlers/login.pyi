from jupyterhub.handlers.base import BaseHandler

class LogoutHandler(BaseHandler):
    async def get(self) -> None: ...
