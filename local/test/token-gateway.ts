import { onTestFinished } from "vitest";
import type { AccessTokenSettings } from "../../contracts/processes/access-tokens.ts";
import type { PeopleSettings } from "../../contracts/processes/people.ts";
import { KEYS_POLL_SECONDS } from "../../contracts/processes/poll-intervals.ts";
import { AccessTokens } from "../../domain/issuers/access-tokens.ts";
import { IssuerKeys } from "../../domain/issuers/issuer-keys.ts";
import { CachedKeyStore } from "../../gateway/keys/cached-key-store.ts";
import { DynamoKeyStore } from "../../gateway/keys/dynamo-key-store.ts";
import { KeyChanges, keyChangesReader, keyDrops } from "../../gateway/keys/key-changes.ts";
import { PrincipalKeys } from "../../gateway/keys/principal-keys.ts";
import { TokenIdentities } from "../../gateway/keys/token-identities.ts";
import { createSharedMemory } from "../../gateway/shared-memory/shared-memory.ts";
import { startTestGateway, type TestGatewayOptions, testConfig } from "../../gateway/test/test-gateway.ts";
import { newKey, startIssuer } from "../../lambdas/exchange-token/test/local-issuer.ts";
import { fetchDocument } from "../../lib/http/fetch-document.ts";
import { personExchange } from "./person-exchange.ts";

/** A client at the issuer. */
export const CLIENT = "sluice-cli";
/** What access tokens are for. */
export const API = "https://api.example.com";
export const ADA = "ada@acme.example";
const ORGANIZATION = "org-a";

/**
 * A gateway that takes tokens of a local issuer, on the tables of the control API. It notices changes of keys as a process of its own does.
 * @param accessTokens settings beside those of a token as RFC 9068 has it
 * @param options of the gateway
 */
export async function tokenGateway(
  accessTokens: Partial<PeopleSettings["accessTokens"]> = {},
  options: Omit<TestGatewayOptions, "keys" | "tokens" | "memory"> = {},
) {
  const issuer = await startIssuer([newKey("first")]);
  const people = { issuer: issuer.issuer, clientId: CLIENT, accessTokens: { audience: API, ...accessTokens } };
  const exchange = await personExchange(people, [], Date.now());
  const { document, keysTable, organization, project } = exchange;
  const settings: AccessTokenSettings = {
    people,
    workloads: [
      {
        name: "nightly",
        issuer: issuer.issuer,
        audience: "https://jobs.example.com",
        claims: { repository: "acme/*" },
        reuse: "allowed",
        accessToken: true,
        models: ["other"],
      },
    ],
  };
  const clock = { ms: 1 };
  const now = () => clock.ms;
  const principals = new PrincipalKeys({
    client: document,
    controlTable: "sluice-dev-control",
    organization: ORGANIZATION,
    settings,
  });
  const store = new DynamoKeyStore({ client: document, tableName: keysTable, organization: ORGANIZATION, principals });
  const issuers = new IssuerKeys({ read: fetchDocument, now });
  const tokens = new AccessTokens({ settings, keys: issuers, wallClock: Date.now });
  const config = { auth: "required", ...options.config } as const;
  const memory = createSharedMemory(testConfig(config));
  const read = keyChangesReader(document, keysTable);
  const changes = new KeyChanges({ read, memory: memory.keyDrops, pollMs: 1000 * KEYS_POLL_SECONDS });
  changes.start();
  onTestFinished(() => changes.stop());
  const gateway = await startTestGateway({
    ...options,
    config,
    memory,
    keys: new CachedKeyStore({ now, drops: keyDrops(memory.keyDrops), store }),
    tokens: new TokenIdentities(tokens, principals, now),
  });
  const claims = (own: object = {}) => ({ sub: "1", aud: API, email: ADA, email_verified: true, ...own });
  const token = (own: object = {}, header: object = { typ: "at+jwt" }) => issuer.token(claims(own), header);
  const send = async (credential: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${credential}`, "content-type": "application/json", ...headers },
      body: JSON.stringify({ model: "tiny", messages: [{ role: "user", content: "x" }] }),
    });
    const { error } = (await response.json()) as { error?: { code: string; message: string } };
    return { status: response.status, code: error?.code, message: error?.message };
  };
  /** Status of a request that only reads. */
  const list = async (credential: string) =>
    (await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${credential}` } })).status;
  const join = async (email = ADA, projectIds: readonly string[] = [project.id], sub = "1") => {
    const projects = projectIds.map((id) => ({ id, role: "member" as const }));
    await organization.invites.create({ email, role: "reader", projects });
    const idToken = issuer.token({ sub, aud: CLIENT, email, email_verified: true });
    await exchange.exchange(idToken, { project_id: projectIds[0] ?? "" });
    const { data } = await organization.users.list();
    return data.find((user) => user.email === email)?.id ?? "";
  };
  const rule = () => gateway.log().at(-1)?.rule;
  return { ...exchange, issuer, settings, clock, gateway, claims, token, send, list, join, rule };
}
