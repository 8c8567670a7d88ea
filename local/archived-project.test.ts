import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { WorkloadPolicy } from "../contracts/processes/workloads.ts";
import { IssuerKeys } from "../domain/issuers/issuer-keys.ts";
import { apiKeyId } from "../domain/keys/api-key.ts";
import { checkKey } from "../domain/keys/check-key.ts";
import { CachedKeyStore } from "../gateway/keys/cached-key-store.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { KeyChanges, keyChangesReader, keyDrops } from "../gateway/keys/key-changes.ts";
import { OlderArchives } from "../lambdas/administer/call/older-archives.ts";
import { ExchangeStore } from "../lambdas/exchange-token/exchange-store.ts";
import { requestOf } from "../lambdas/exchange-token/received-request.ts";
import { serve } from "../lambdas/exchange-token/serve.ts";
import { githubClaims, startIssuer } from "../lambdas/exchange-token/test/local-issuer.ts";
import { fetchDocument } from "../lib/http/fetch-document.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { controlServer } from "./test/control-server.ts";

const AUDIENCE = "https://api.example.com";
/** So long that no key is read again because of its age. */
const AGE_MS = 600_000;

/** The control API, the token exchange with a policy for each project, and a gateway's cache of keys, on one table. */
async function started(projectNames: readonly string[]) {
  const { document, keys: table, owner, sdk, store } = await controlServer();
  const { projects } = sdk(await owner("org-a"));
  const made = await Promise.all(projectNames.map((name) => projects.create({ name })));
  const issuer = await startIssuer();
  const workloads = made.map(
    ({ id }, index): WorkloadPolicy => ({
      name: projectNames[index]!,
      issuer: issuer.issuer,
      audience: AUDIENCE,
      claims: { sub: `repo:acme/${projectNames[index]}:*` },
      projectId: id,
    }),
  );
  const lines: Readonly<Record<string, unknown>>[] = [];
  const tools = {
    workloads,
    keys: new IssuerKeys({ read: fetchDocument, now: () => performance.now() }),
    store: new ExchangeStore(document, table),
    log: (line: Readonly<Record<string, unknown>>) => void lines.push(line),
    wallClock: Date.now,
  };
  const exchange = async (name: string) => {
    const form = new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: issuer.token(githubClaims(`acme/${name}`)),
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    });
    const event = {
      httpMethod: "POST",
      path: "/oauth/token",
      multiValueHeaders: { "content-type": ["application/x-www-form-urlencoded"], "x-forwarded-for": ["192.0.2.1"] },
      body: form.toString(),
      isBase64Encoded: false,
    };
    const { statusCode, body } = await serve(requestOf(event, "load-balancer", "req-1"), tools);
    return { status: statusCode, body: JSON.parse(body) };
  };
  const memory = new SharedArrayBuffer(4);
  const changes = new KeyChanges({ read: keyChangesReader(document, table), memory, pollMs: 50 });
  changes.start();
  onTestFinished(() => changes.stop());
  const cache = new CachedKeyStore({
    store: new DynamoKeyStore({ client: document, tableName: table }),
    now: () => performance.now(),
    drops: keyDrops(memory),
    ttlMs: AGE_MS,
  });
  /** Why a gateway refuses a key. */
  const refusal = async (secret: string) =>
    checkKey(secret, await cache.get(apiKeyId(secret) ?? ""), { scope: "generate" }, Date.now());
  return { store, projects, project: made[0]!, exchange, refusal, lines };
}

describe("a project that is archived", () => {
  // documented: archived-project-workloads
  test("gives its workloads no further key, and gateways drop the keys that they have, and no other project's", async () => {
    const { projects, project, exchange, refusal, lines } = await started(["search", "other"]);
    const [issued, other] = [await exchange("search"), await exchange("other")];
    const [own, others] = [issued.body.access_token, other.body.access_token];
    expect([await refusal(own), await refusal(others)]).toEqual([undefined, undefined]);
    await projects.archive(project.id);
    await eventually(async () => expect(await refusal(own)).toBe("invalid"));
    expect(await refusal(others)).toBeUndefined();
    expect(await exchange("search")).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(lines.at(-1)).toMatchObject({ rule: "search: project-archived" });
    expect((await exchange("other")).status).toBe(200);
  });

  test("when a token is exchanged at the same time, leaves no key that works", async () => {
    const { projects, project, exchange, refusal } = await started(["search"]);
    const [, ...results] = await Promise.all([
      projects.archive(project.id),
      ...Array.from({ length: 6 }, () => exchange("search")),
    ]);
    for (const { status, body } of results.filter((result) => result.status === 200)) {
      expect(status).toBe(200);
      await eventually(async () => expect(await refusal(body.access_token)).toBe("invalid"));
    }
    expect((await exchange("search")).status).toBe(400);
  });

  test("by a release that left its workloads as they were, ends them at the organisation's next request", async () => {
    const { store, projects, project, exchange, refusal } = await started(["search"]);
    const record = (await store.get("org-a", { kind: "project", ids: [project.id] }))!;
    const archived = { ...record, archivedAt: 1, version: record.version + 1 };
    await store.write("org-a", [{ action: "replace", record: archived, version: record.version }]);
    const { body } = await exchange("search");
    expect(await refusal(body.access_token)).toBeUndefined();
    // Another execution environment, which has not looked yet.
    await new OlderArchives().end("org-a", store, Date.now());
    await eventually(async () => expect(await refusal(body.access_token)).toBe("invalid"));
    expect((await exchange("search")).status).toBe(400);
    const { version } = (await store.get("org-a", { kind: "project", ids: [project.id] }))!;
    await new OlderArchives().end("org-a", store, Date.now());
    expect((await store.get("org-a", { kind: "project", ids: [project.id] }))!.version).toBe(version);
    expect((await projects.retrieve(project.id)).archived_at).toBe(1);
  });

  test("by such a release, whose keys can't be ended, is logged and fails no request", async () => {
    const { tools, owner, sdk, lines } = await controlServer();
    vi.spyOn(tools.olderArchives, "end").mockRejectedValue(new Error("the table is not there"));
    const { projects } = sdk(await owner("org-a"));
    expect((await projects.create({ name: "search" })).name).toBe("search");
    expect(lines).toContainEqual(expect.objectContaining({ level: "error", organizationId: "org-a", reason: "Error" }));
  });
});
