from oauthenticator.oauth2 import OAuthenticator

class GitHubOAuthenticator(OAuthenticator):
    async def _check_membership_allowed_organizations(
        self, org_team: str, username: str, access_token: str, token_type: str
    ) -> bool: ...
