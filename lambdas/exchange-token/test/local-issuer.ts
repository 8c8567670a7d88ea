import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer } from "node:http";
import { onTestFinished } from "vitest";

/** A key of an issuer and how it signs. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: "RS256" | "ES256" | "EdDSA";
  readonly privateKey: KeyObject;
  /** What the issuer publishes. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

export function newKey(kid: string, alg: IssuerKey["alg"] = "RS256", bits = 2048): IssuerKey {
  const { privateKey, publicKey } = pair(alg, bits);
  return { kid, alg, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" } };
}

function pair(alg: IssuerKey["alg"], modulusLength: number) {
  if (alg === "RS256") return generateKeyPairSync("rsa", { modulusLength });
  return alg === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A compact JWS. `header` overwrites what the key says. */
export function signToken(key: IssuerKey, claims: object, header: object = {}): string {
  const signed = `${encoded({ alg: key.alg, kid: key.kid, typ: "JWT", ...header })}.${encoded(claims)}`;
  const hash = key.alg === "EdDSA" ? null : "sha256";
  const signature = sign(hash, Buffer.from(signed), { key: key.privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** A token whose "signature" is an HMAC of a secret that everybody knows, such as the public key. */
export function hmacToken(secret: string, claims: object, kid: string): string {
  const signed = `${encoded({ alg: "HS256", kid, typ: "JWT" })}.${encoded(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

export interface LocalIssuer {
  readonly issuer: string;
  /** The keys that it publishes now. */
  keys: readonly IssuerKey[];
  /** Requests for its two documents. */
  readonly reads: string[];
  /** A response in place of its own. @default - none */
  respond:
    | ((path: string) => { readonly status: number; readonly body: string; readonly location?: string } | undefined)
    | undefined;
  /** A token of the first key: `claims` beside those that every token has. */
  token(claims: object, header?: object): string;
}

/** An issuer over HTTP with discovery and keys; it ends with the test. */
export async function startIssuer(keys: readonly IssuerKey[] = [newKey("first")]): Promise<LocalIssuer> {
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    local.reads.push(path);
    const own = local.respond?.(path);
    if (own) {
      response.writeHead(own.status, own.location === undefined ? {} : { location: own.location }).end(own.body);
    } else if (path === "/.well-known/openid-configuration") {
      response.end(JSON.stringify({ issuer: local.issuer, jwks_uri: `${local.issuer}/keys` }));
    } else if (path === "/keys") response.end(JSON.stringify({ keys: local.keys.map(({ jwk }) => jwk) }));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const local: LocalIssuer = {
    issuer: `http://127.0.0.1:${port}`,
    keys,
    reads: [],
    respond: undefined,
    token: (claims, header) => {
      const now = Math.floor(Date.now() / 1000);
      const [key] = local.keys;
      const common = { iss: local.issuer, iat: now, nbf: now, exp: now + 300 };
      if (key === undefined) throw new Error("The issuer has no key.");
      return signToken(key, { ...common, ...claims }, header);
    },
  };
  return local;
}

/** The claims of a job of GitHub Actions, as its issuer writes them. */
export function githubClaims(repository: string, ref = "refs/heads/main"): Readonly<Record<string, unknown>> {
  const [owner] = repository.split("/");
  return {
    jti: crypto.randomUUID(),
    sub: `repo:${repository}:ref:${ref}`,
    aud: "https://api.example.com",
    ref,
    sha: "0123456789abcdef0123456789abcdef01234567",
    repository,
    repository_owner: owner,
    repository_owner_id: "65",
    run_id: "1",
    run_attempt: "1",
    repository_visibility: "private",
    repository_id: "74",
    actor: "octocat",
    workflow: "nightly",
    event_name: "push",
    ref_protected: "true",
    ref_type: "branch",
    job_workflow_ref: `${repository}/.github/workflows/nightly.yml@${ref}`,
    runner_environment: "github-hosted",
  };
}
