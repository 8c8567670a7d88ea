import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";
import { onTestFinished } from "vitest";

export interface OidcIssuer {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
}

/**
 * A certified OpenID provider on this machine, with its own login and consent pages: whoever signs in there is a person of
 * the domain `hd`. Its one client has no secret and needs PKCE. It ends with the test.
 */
export async function startOidcIssuer(hd: string): Promise<OidcIssuer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const [clientId, redirectUri] = ["sluice", `${issuer}/signed-in`];
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "first", alg: "RS256", use: "sig" }] },
    cookies: { keys: [randomUUID()] },
    claims: { openid: ["sub", "hd", "email", "email_verified"] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, hd, email: `${id}@${hd}`, email_verified: true }),
    }),
  });
  server.on("request", provider.callback());
  return { issuer, clientId, redirectUri };
}
