import { describe, expect, test } from "vitest";
import { AdminApiKey } from "../contracts/control/admin-keys.ts";
import { KEY_USE_SECONDS } from "../contracts/processes/poll-intervals.ts";
import { FailedKeys } from "../domain/keys/failed-keys.ts";
import { OlderArchives } from "../lambdas/administer/call/older-archives.ts";
import { StoredHolds } from "../lambdas/administer/holds/stored-holds.ts";
import { serve } from "../lambdas/administer/serve.ts";
import { StoredData } from "../lambdas/administer/store/erasable-data.ts";
import { all, controlServer } from "./test/control-server.ts";
import { localAlarms } from "./test/local-alarms.ts";
import { localSealer } from "./test/local-sealer.ts";

/** An organisation whose owner has two keys, of which one reads what is stored of the other. */
async function started() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const reader = server.sdk(secret);
  const made = await reader.adminAPIKeys.create({ name: "job" });
  const shown = async () => AdminApiKey.parse(await reader.adminAPIKeys.retrieve(made.id)).last_used_at;
  const version = async () => (await server.store.get("org-a", { kind: "adminKey", ids: [made.id] }))?.version;
  const at = (ms: number) => {
    server.clock.ms = ms;
  };
  return { ...server, secret, reader, made, used: server.sdk(made.value), shown, version, at };
}

describe("an admin key", () => {
  // documented: admin-key-last-used
  test("shows when it was last used, null before, and stores it once a minute without a change of its version", async () => {
    const { used, shown, version, at, made } = await started();
    const start = 1_790_000_100;
    expect([made.last_used_at, await shown()]).toEqual([null, null]);
    at(start * 1000);
    await used.projects.list();
    expect(await shown()).toBe(start);
    at((start + KEY_USE_SECONDS - 1) * 1000);
    await used.projects.list();
    expect(await shown()).toBe(start);
    at((start + KEY_USE_SECONDS) * 1000);
    await Promise.all([used.projects.list(), used.projects.list(), used.projects.list()]);
    expect(await shown()).toBe(start + KEY_USE_SECONDS);
    expect(await version()).toBe(1);
  });

  test("was used by a request too that its owner's roles refuse, and not by one with a wrong secret", async () => {
    const { used, shown, made, sdk, at } = await started();
    const wrong = `${made.value.slice(0, -10)}${made.value.at(-1) === "a" ? "b" : "a"}${made.value.slice(-9)}`;
    await expect(sdk(wrong).projects.list()).rejects.toMatchObject({ status: 401 });
    expect(await shown()).toBeNull();
    at(1_790_000_100_000);
    await expect(used.projects.retrieve("proj_absent")).rejects.toMatchObject({ status: 404 });
    expect(await shown()).toBe(1_790_000_100);
  });

  test("deletes itself, also when its use is stored in the same request", async () => {
    const { used, made, reader } = await started();
    await used.adminAPIKeys.delete(made.id);
    expect((await all(reader.adminAPIKeys.list())).map(({ name }) => name)).toEqual(["first"]);
    await expect(used.projects.list()).rejects.toMatchObject({ status: 401 });
  });

  test("works where its use can't be stored, which the log says", async () => {
    const { store, secret } = await started();
    const lines: Readonly<Record<string, unknown>>[] = [];
    const { status } = await serve(
      {
        method: "GET",
        path: "/v1/organization/projects",
        query: {},
        authorization: `Bearer ${secret}`,
        origin: { address: undefined, requestId: "req-1" },
      },
      {
        store: {
          get: (organizationId, key) => store.get(organizationId, key),
          list: (organizationId, range) => store.list(organizationId, range),
          listEvents: (organization, range) => store.listEvents(organization, range),
          waitingEvents: (organizationId, oldest, newest) => store.waitingEvents(organizationId, oldest, newest),
          keyLastUsedAt: (keyId) => store.keyLastUsedAt(keyId),
          keyProject: (keyId) => store.keyProject(keyId),
          keyUse: (keyId) => store.keyUse(keyId),
          isEnded: (itemId) => store.isEnded(itemId),
          limitsVersion: (itemId) => store.limitsVersion(itemId),
          needsCredit: (itemId) => store.needsCredit(itemId),
          write: (organizationId, changes) => store.write(organizationId, changes),
          adminKeyUsed: () => Promise.reject(new Error("no table")),
        },
        olderArchives: new OlderArchives(),
        keyPlan: "standard",
        models: [],
        usage: undefined,
        history: undefined,
        environmentRetention: {},
        serviceAlarms: (await localAlarms(Date.now)).alarms,
        erasable: new StoredData({
          history: undefined,
          responses: undefined,
          files: undefined,
          holds: new StoredHolds({ responses: undefined, files: undefined }),
        }),
        organization: "default",
        sealer: await localSealer(),
        failedKeys: new FailedKeys(10),
        uptime: () => 0,
        now: () => Date.now() + 1e9,
        log: (line) => void lines.push(line),
        recordRefusal: () => Promise.reject(new Error("nothing is refused")),
      },
    );
    expect(status).toBe(200);
    expect(lines).toEqual([expect.objectContaining({ msg: "the last use of an admin key was not stored" })]);
  });
});
