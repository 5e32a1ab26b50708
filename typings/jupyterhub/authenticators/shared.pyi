from jupyterhub.auth import Authenticator

class SharedPasswordAuthenticator(Authenticator):
    user_password: str | None
    admin_password: str | None
