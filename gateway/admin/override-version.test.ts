import { describe, expect, test } from "vitest";
import { AdminOverride, AdminTargetList } from "../../contracts/api/admin.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { jsonOf, startAdminGateway, withProviders } from "../test/admin-gateway.ts";
import { errorOf } from "../test/test-gateway.ts";

const PATH = "/admin/routes/chat/override";
const DRAINED = { force: null, drain: ["a/small"] };
const FORCED = { force: "b/small", drain: [] };

async function started() {
  const { a, b } = await withProviders();
  const config = {
    providers: [providerConfig("a", a.origin), providerConfig("b", b.origin)],
    routes: [routeConfig("chat", ["a/small"], { fallbacks: ["b/small"] })],
  };
  return { config, ...(await startAdminGateway({ config })) };
}

describe("an override of a route", () => {
  // documented: override-version
  test("that another operator changed meanwhile is 412 with its state, and stays as the other one left it", async () => {
    const { call, config, table } = await started();
    const other = await startAdminGateway({ config }, table);
    const { keyId } = other.admin;
    other.keys.set(keyId, { ...other.keys.get(keyId)!, owner: { type: "user", id: "user-ada" } });
    const seen = await call("GET", PATH);
    expect(seen.headers.get("etag")).toBe('"0"');
    expect(AdminOverride.parse(await jsonOf(seen))).toMatchObject({
      source: "declared",
      version: 0,
      settings: { force: null, drain: [] },
    });
    const first = await other.call("POST", PATH, DRAINED, { "if-match": '"0"' });
    const etag = first.headers.get("etag") ?? "";
    expect([first.status, etag]).toEqual([200, '"1"']);

    const late = await call("POST", PATH, FORCED, { "if-match": '"0"' });
    expect(late.headers.get("etag")).toBe(etag);
    const { message } = await errorOf(late, 412, "version_conflict");
    expect(message).toContain(`version 1 now, by user-ada with the key ${other.admin.keyId} at `);
    expect(message).toContain('with {"force":null,"drain":["a/small"]}');
    await errorOf(await call("DELETE", PATH, undefined, { "if-match": '"7"' }), 412, "version_conflict");
    expect(AdminOverride.parse(await jsonOf(call("GET", PATH))).settings).toEqual(DRAINED);

    // With the version that the refusal names, the change is made.
    const mine = await call("POST", PATH, FORCED, { "if-match": etag });
    expect([mine.status, mine.headers.get("etag")]).toEqual([200, '"2"']);
    await errorOf(await other.call("DELETE", PATH, undefined, { "if-match": etag }), 412, "version_conflict");
    expect((await other.call("DELETE", PATH, undefined, { "if-match": '"2"' })).status).toBe(200);
    const gone = await call("POST", PATH, FORCED, { "if-match": '"2"' });
    expect(gone.headers.get("etag")).toBe('"0"');
    expect((await errorOf(gone, 412, "version_conflict")).message).toContain("Nothing is changed here now");
  });

  test("is listed beside the targets with its version and who made it", async () => {
    const { call, admin } = await started();
    const list = async () => AdminTargetList.parse(await jsonOf(call("GET", "/admin/targets")));
    expect((await list()).overrides).toEqual([]);
    await call("POST", PATH, DRAINED);
    const { data, overrides } = await list();
    expect(overrides).toEqual([
      expect.objectContaining({ name: "chat", version: 1, updatedBy: admin.keyId, settings: DRAINED }),
    ]);
    expect(data.find(({ id }) => id === "a/small")?.drained).toEqual(["chat"]);
  });

  test("of a pool's own route is of version 0, and of a name that is no route 404", async () => {
    const { call } = await started();
    expect(AdminOverride.parse(await jsonOf(call("GET", "/admin/routes/tiny/override"))).version).toBe(0);
    await errorOf(await call("GET", "/admin/routes/nobody/override"), 404, "not_found");
  });
});

describe("the targets", () => {
  // documented: target-adaptive-limit
  test("have the provider's declared limit of requests at once, and the lower one after it refused some", async () => {
    const { a, config } = await withProviders();
    const { call, send } = await startAdminGateway({ config });
    const limits = async () => {
      const { data } = AdminTargetList.parse(await jsonOf(call("GET", "/admin/targets")));
      const target = data.find(({ id }) => id === "a/small");
      return [target?.maxInFlight, target?.allowedInFlight];
    };
    const declared = config.providers[0]?.maxInFlight;
    expect(await limits()).toEqual([declared, declared]);
    a.behaviour.fault = { status: 429 };
    await send();
    expect(await limits()).toEqual([declared, 1]);
  });
});
