class UserInfo:
    username: str
    is_authorized: bool
