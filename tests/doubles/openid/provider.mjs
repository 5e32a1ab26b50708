// A real OpenID provider (oidc-provider, certified by the OpenID Foundation) with accounts that a test changes.
// Arguments: address, port, and settings as JSON. Its secret is in the environment. It prints its URL when it listens.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

const [address, port, settings] = [process.argv[2], Number(process.argv[3]), JSON.parse(process.argv[4])];
const state = { accounts: {}, down: false };
const requests = [];

const key = {
  ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
  alg: "RS256",
  use: "sig",
  kid: randomBytes(6).toString("hex"),
};

const page = (body) => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">
  <title>OpenID provider</title></head><body><h1>OpenID provider</h1>${body}</body></html>`;

const server = createServer();
server.listen(port, address, () => {
  const issuer = `http://${address}:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: settings.client_id,
        client_secret: process.env.CLIENT_SECRET,
        redirect_uris: [settings.callback_url],
        post_logout_redirect_uris: [settings.logout_url],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: settings.client_authentication,
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["preferred_username", "name", "groups", "realm_access"],
    },
    scopes: ["openid", "offline_access"],
    conformIdTokenClaims: false,
    // Whoever exists may have tokens; an account that is deleted or disabled may not.
    findAccount: (_, id) =>
      id in state.accounts ? { accountId: id, claims: () => ({ sub: id, ...state.accounts[id] }) } : undefined,
    issueRefreshToken: (_, client, code) =>
      client.grantTypeAllowed("refresh_token") &&
      (settings.refresh_tokens === "always" || code.scopes.has("offline_access")),
    rotateRefreshToken: true,
    pkce: { required: () => settings.pkce },
    ttl: { AccessToken: settings.access_token_seconds, IdToken: 300, Session: 3600, Grant: 86400, RefreshToken: 86400 },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    // Everything that the hub asks for is granted.
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client.clientId,
        accountId: context.oidc.session.accountId,
      });
      grant.addOIDCScope([...context.oidc.requestParamScopes].join(" "));
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = page(`<p>Sign out here, too?</p>${form}
            <button type="submit" form="op.logoutForm" name="logout" value="yes" id="sign-out">Sign out</button>`);
        },
      },
    },
  });

  const answer = provider.callback();
  const bodyOf = async (request) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    return Buffer.concat(parts).toString();
  };

  const serve = async (request, response) => {
    const { pathname } = new URL(request.url, issuer);
    if (pathname === `/control/${process.env.CONTROL}`) {
      const change = JSON.parse(await bodyOf(request));
      Object.assign(state, change);
      return response.end(JSON.stringify(requests));
    }
    requests.push(`${request.method} ${pathname}`);
    if (state.down === true || state.down === pathname) return response.writeHead(503).end("down");
    if (!pathname.startsWith("/interaction/")) return answer(request, response);
    if ((await provider.interactionDetails(request, response)).prompt.name === "consent")
      return provider.interactionFinished(request, response, { consent: {} }, { mergeWithLastSubmission: true });
    if (request.method === "GET") {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      return response.end(
        page(`<form method="post"><label>Username <input id="login" name="login" autocomplete="off"></label>
          <button id="authorize">Sign in</button> <button id="cancel" name="cancel" value="1">Cancel</button></form>`),
      );
    }
    const form = new URLSearchParams(await bodyOf(request));
    const accountId = Object.keys(state.accounts).find(
      (id) => state.accounts[id].preferred_username === form.get("login"),
    );
    const result =
      form.has("cancel") || !accountId
        ? { error: "access_denied", error_description: "The user has cancelled the sign-in." }
        : { login: { accountId, remember: true } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };
  server.on("request", (request, response) => {
    serve(request, response).catch((error) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  provider.on("server_error", (_, error) => console.error(error));
  console.log(issuer);
});
