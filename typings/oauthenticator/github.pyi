from oauthenticator.oauth2 import OAuthenticator

class GitHubOAuthenticator(OAuthenticator):
    allowed_organizations: set[str]
    github_api: str
    github_url: str
