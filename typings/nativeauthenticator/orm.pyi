from jupyterhub.orm import Base
from sqlalchemy.orm import Mapped

class UserInfo(Base):
    username: Mapped[str]
    is_authorized: Mapped[bool]
    def is_valid_password(self, password: str) -> bool: ...
