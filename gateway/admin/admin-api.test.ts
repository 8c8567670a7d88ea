import { describe, expect, test } from "vitest";
import {
  AdminConnectionTest,
  AdminDeleted,
  AdminOverride,
  AdminProvider,
  AdminProviderList,
  AdminRoute,
  AdminRouteList,
  AdminTargetList,
} from "../../contracts/api/admin.ts";
import { isForOperators } from "../../contracts/openapi/operation-access.ts";
import { OPERATIONS } from "../../contracts/openapi/operations.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { jsonOf, startAdminGateway, withProviders } from "../test/admin-gateway.ts";
import { routeOf } from "../test/endpoint-paths.ts";
import { startRoutesTable } from "../test/routes-table.ts";
import { chat, errorOf, post } from "../test/test-gateway.ts";
import { TableMoved } from "./change-store.ts";

const settingsOf = ({ name: _, ...settings }: { readonly name: string }) => settings;

describe("access to changes of the service", () => {
  test("only a key with the scope admin, whatever auth is set to", async () => {
    for (const auth of ["off", "optional", "required"] as const) {
      const { url, keyOf, call } = await startAdminGateway({ config: { auth } });
      await errorOf(await fetch(`${url}/admin/targets`), 401, "missing_api_key");
      await errorOf(
        await call("GET", "/admin/targets", undefined, { authorization: "Bearer x" }),
        401,
        "invalid_api_key",
      );
      const plain = { authorization: `Bearer ${keyOf().secret}` };
      await errorOf(await call("PUT", "/admin/routes/x", {}, plain), 403, "permission_denied");
      expect((await call("GET", "/admin/targets")).status).toBe(200);
    }
  });

  test("every change is in the log with the key's id, and without the body", async () => {
    const { call, log, logText, admin } = await startAdminGateway({ config: (await withProviders()).config });
    const route = settingsOf(routeConfig("extra", ["tiny"]));
    expect((await call("PUT", "/admin/routes/extra", route)).status).toBe(200);
    const line = log().find(({ audit }) => audit === true);
    expect(line).toMatchObject({ actor: admin.keyId, action: "put route", name: "extra", version: 1 });
    expect(logText()).not.toContain(admin.secret);
  });
});

describe("an override", () => {
  test.each([
    ["force", { force: "nosuch/target", drain: [] }],
    ["drain", { force: null, drain: ["nosuch/target"] }],
  ])("whose `%s` names no target of the route is refused with those it has", async (field, settings) => {
    const { config } = await withProviders();
    const { call } = await startAdminGateway({ config });
    const response = await call("POST", "/admin/routes/chat/override", settings);
    const text = await response.text();
    expect([response.status, text]).toEqual([400, expect.stringContaining("nosuch/target")]);
    expect(text).toContain(`${field}`);
    expect(text).toMatch(/must be a target of the route.* use /);
  });
});

describe("the reference", () => {
  test("has the form of every response", async () => {
    const { config } = await withProviders();
    const { call } = await startAdminGateway({ config });
    const route = settingsOf(routeConfig("extra", ["tiny"]));
    const provider = settingsOf(config.providers[0]!);
    const put = await jsonOf(call("PUT", "/admin/routes/extra", route));
    expect(AdminRoute.safeParse(put).error).toBeUndefined();
    expect(AdminRoute.safeParse(await jsonOf(call("GET", "/admin/routes/extra"))).error).toBeUndefined();
    expect(AdminRouteList.safeParse(await jsonOf(call("GET", "/admin/routes"))).error).toBeUndefined();
    const override = await jsonOf(call("POST", "/admin/routes/chat/override", { force: null, drain: [] }));
    expect(AdminOverride.safeParse(override).error).toBeUndefined();
    expect(AdminDeleted.safeParse(await jsonOf(call("DELETE", "/admin/routes/chat/override"))).error).toBeUndefined();
    expect(AdminProvider.safeParse(await jsonOf(call("PUT", "/admin/providers/a", provider))).error).toBeUndefined();
    expect(AdminProviderList.safeParse(await jsonOf(call("GET", "/admin/providers"))).error).toBeUndefined();
    expect(AdminConnectionTest.safeParse(await jsonOf(call("POST", "/admin/providers/a/test"))).error).toBeUndefined();
    expect(AdminTargetList.safeParse(await jsonOf(call("GET", "/admin/targets"))).error).toBeUndefined();
  });

  test("has every path and method, and no other", () => {
    for (const { path, method, access } of OPERATIONS) {
      const forOperators = isForOperators(access);
      const found = routeOf(path.replace("{name}", "x"), method.toUpperCase());
      expect(isForOperators(found?.endpoint?.access ?? "public"), `${method} ${path}`).toBe(forOperators);
      if (forOperators) expect(found.route).toBe(path);
    }
  });
});

describe("a change at run time", () => {
  // documented: route-change-at-run-time
  test("of a route is in use at once, and taken back leaves what was declared", async () => {
    const { b, config } = await withProviders();
    const { call, send } = await startAdminGateway({
      config: { ...config, providers: [...config.providers, providerConfig("b", b.origin)] },
    });
    expect(await send()).toBe("a/small");
    const put = await call("PUT", "/admin/routes/chat", settingsOf(routeConfig("chat", ["b/small"])));
    expect([put.status, put.headers.get("etag")]).toEqual([200, '"1"']);
    expect(await send()).toBe("b/small");
    expect((await jsonOf(call("GET", "/admin/routes/chat"))).source).toBe("changed");
    expect((await call("DELETE", "/admin/routes/chat")).status).toBe(200);
    expect(await send()).toBe("a/small");
    expect((await jsonOf(call("GET", "/admin/routes/chat"))).source).toBe("declared");
  });

  test("reaches the other gateways, whose streams continue", async () => {
    const { a, b, config } = await withProviders();
    const one = await startAdminGateway({ config });
    const other = await startAdminGateway({ config }, one.table);
    Object.assign(a.behaviour, { fault: "slow-drip", tokens: 40 });
    const stream = await post(other.url, "/v1/chat/completions", chat({ model: "chat", stream: true }));
    const moved = { ...settingsOf(providerConfig("a", b.origin)) };
    expect((await one.call("PUT", "/admin/providers/a", moved)).status).toBe(200);
    // A request before the change is there gets its response as slowly as the stream.
    await eventually(async () => {
      await other.send();
      expect(b.received.length).toBeGreaterThan(0);
    });
    expect(await stream.text()).toMatch(/data: \[DONE\]\n\n$/);
  });

  test("of a version that another key has changed is 412, and changes no target", async () => {
    const { call } = await startAdminGateway({ config: (await withProviders()).config });
    const route = settingsOf(routeConfig("extra", ["tiny"]));
    const isNew = { "if-none-match": "*" };
    expect((await call("PUT", "/admin/routes/extra", route, isNew)).status).toBe(200);
    await errorOf(await call("PUT", "/admin/routes/extra", route, isNew), 412, "version_conflict");
    expect((await call("PUT", "/admin/routes/extra", route, { "if-match": '"1"' })).headers.get("etag")).toBe('"2"');
    await errorOf(await call("PUT", "/admin/routes/extra", route, { "if-match": '"1"' }), 412, "version_conflict");
    await errorOf(
      await call("DELETE", "/admin/routes/extra", undefined, { "if-match": '"1"' }),
      412,
      "version_conflict",
    );
    await errorOf(await call("PUT", "/admin/routes/extra", route, { "if-match": "2" }), 400, "invalid_request");
  });

  test.each(['"1"', "", "1", '*, "1"'])("with the If-None-Match %s is refused, and changes nothing", async (value) => {
    const { call } = await startAdminGateway({ config: (await withProviders()).config });
    const route = settingsOf(routeConfig("extra", ["tiny"]));
    const put = await call("PUT", "/admin/routes/extra", route, { "if-none-match": value });
    expect((await errorOf(put, 400, "invalid_request")).param).toBe("if-none-match");
    expect((await call("GET", "/admin/routes/extra")).status).toBe(404);
  });

  test.each([
    [[], "an array"],
    [null, "null"],
    ["x", "a string"],
  ])("whose body is %j is refused by its kind", async (body, kind) => {
    const { call } = await startAdminGateway();
    const error = await errorOf(await call("PUT", "/admin/routes/extra", body), 400, "invalid_request");
    expect(error.message).toBe(`The body must be a JSON object, got ${kind}; send the settings.`);
  });

  test("is one of 60 that scripts make at once at two gateways, and all of them are made", async () => {
    const { config } = await withProviders();
    const first = await startAdminGateway({ config });
    const second = await startAdminGateway({ config }, first.table);
    const settings = settingsOf(routeConfig("chat", ["a/small"]));
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const { call } = index % 2 === 0 ? first : second;
        return (await call("PUT", `/admin/routes/chat${index}`, settings)).status;
      }),
    );
    expect([...new Set(statuses)]).toEqual([200]);
    const { data } = AdminRouteList.parse(await jsonOf(first.call("GET", "/admin/routes")));
    expect(data.filter(({ source }) => source === "changed")).toHaveLength(60);
  });

  test("that other changes overtake each time is 429 with a time to wait, and not an absent table", async () => {
    const table = await startRoutesTable();
    Object.assign(table.changeStore, { put: () => Promise.reject(new TableMoved()) });
    const { call } = await startAdminGateway({}, table);
    const put = await call("PUT", "/admin/routes/extra", settingsOf(routeConfig("extra", ["tiny"])));
    expect(put.headers.get("retry-after")).toBe("2");
    await errorOf(put, 429, "rate_limit_exceeded");
  });

  test("with problems is refused with all of them", async () => {
    const { call, send } = await startAdminGateway({ config: (await withProviders()).config });
    const wrong = { ...settingsOf(routeConfig("chat", ["huge", "b/small"])) };
    const error = await errorOf(await call("PUT", "/admin/routes/chat", wrong), 400, "invalid_request");
    expect(error.details?.map(({ param }) => param)).toEqual([
      "routes.chat.targets[0].pool",
      "routes.chat.targets[1].provider",
    ]);
    const malformed = await errorOf(
      await call("PUT", "/admin/routes/chat", { policy: "best", more: 1 }),
      400,
      "invalid_request",
    );
    expect(malformed.details?.length).toBeGreaterThan(3);
    expect(await send()).toBe("a/small");
  });

  test("may not open the private network", async () => {
    const { call } = await startAdminGateway();
    const open = { ...settingsOf(providerConfig("x", "http://10.0.0.5")), allowPrivateHosts: ["10.0.0.5"] };
    const error = await errorOf(await call("PUT", "/admin/providers/x", open), 400, "invalid_request");
    expect(error.details?.[0]?.param).toBe("providers.x.allowPrivateHosts");
  });

  test.each([
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.5/v1",
    "https://127.1",
    "http://0x7f.0.0.1",
    "http://2130706433",
    "http://[::1]:8000",
    "http://[::ffff:10.0.0.5]",
    "http://[fd00:ec2::254]",
    "http://localhost:11434",
    "http://api.localhost./v1",
    "https://GPU.internal",
    "https://box.local",
    "https://box.home.arpa.",
  ])("may not name a provider's endpoint that no request would go to: %s", async (endpoint) => {
    const { call } = await startAdminGateway();
    const settings = { ...settingsOf(providerConfig("x", endpoint)), allowPrivateHosts: [] };
    const error = await errorOf(await call("PUT", "/admin/providers/x", settings), 400, "invalid_request");
    expect(error.details).toEqual([
      expect.objectContaining({
        param: "providers.x.endpoint",
        message: expect.stringContaining("must lead to a public address"),
      }),
    ]);
  });

  test.each(["https://internal.example.com", "https://localhost.example.com", "http://8.8.8.8", "http://[2600::1]"])(
    "may name a provider's endpoint that can be on the internet: %s",
    async (endpoint) => {
      const { call } = await startAdminGateway();
      const settings = { ...settingsOf(providerConfig("x", endpoint)), allowPrivateHosts: [] };
      expect((await call("PUT", "/admin/providers/x", settings)).status).toBe(200);
    },
  );

  test("can't take away a provider that a route needs", async () => {
    const { config, b } = await withProviders();
    const { call } = await startAdminGateway({ config });
    await call("PUT", "/admin/providers/b", settingsOf(providerConfig("b", b.origin)));
    await call("PUT", "/admin/routes/chat", settingsOf(routeConfig("chat", ["b/small"])));
    const error = await errorOf(await call("DELETE", "/admin/providers/b"), 400, "invalid_request");
    expect(error.param).toBe("routes.chat.targets[0].provider");
  });

  test("that needs what another one takes away at the same time is refused, or the other is", async () => {
    const { config, b } = await withProviders();
    const first = await startAdminGateway({ config });
    const second = await startAdminGateway({ config }, first.table);
    for (let round = 0; round < 4; round++) {
      const name = `chat${round}`;
      await first.call("PUT", "/admin/providers/b", settingsOf(providerConfig("b", b.origin)));
      const [deleted, put] = await Promise.all([
        first.call("DELETE", "/admin/providers/b"),
        second.call("PUT", `/admin/routes/${name}`, settingsOf(routeConfig(name, ["b/small"]))),
      ]);
      expect([deleted.status, put.status].sort()).toEqual([200, 400]);
      if (put.status === 200) await first.call("DELETE", `/admin/routes/${name}`);
    }
  });

  test("that got into the table in a wrong form is ignored and logged, and breaks no request", async () => {
    const { send, write, log, call } = await startAdminGateway({ config: (await withProviders()).config });
    await write({ id: "route#chat", kind: "route", name: "chat", settings: { policy: "?" } }, 1);
    const settings = settingsOf(routeConfig("odd", ["nowhere"]));
    const stored = { version: 1, updatedAt: "2026-01-01T00:00:00Z", updatedBy: "x" };
    await write({ id: "route#odd", kind: "route", name: "odd", settings, ...stored }, 2);
    await write(
      { id: "route#good", kind: "route", name: "good", settings: settingsOf(routeConfig("good", ["tiny"])), ...stored },
      3,
    );
    await eventually(async () => expect((await call("GET", "/admin/routes/good")).status).toBe(200));
    expect(await send()).toBe("a/small");
    expect(
      log()
        .filter(({ msg }) => String(msg).includes("left out"))
        .map(({ id }) => id),
    ).toEqual(expect.arrayContaining(["route#chat", "route#odd"]));
  });

  // documented: changes-table-gone
  test("stays in use while the table can't be read; another one is 503", async () => {
    const { b, config } = await withProviders();
    const { call, send, breakDown } = await startAdminGateway({ config });
    await call("PUT", "/admin/providers/b", settingsOf(providerConfig("b", b.origin)));
    await call("PUT", "/admin/routes/chat", settingsOf(routeConfig("chat", ["b/small"])));
    breakDown(true);
    const response = await call("PUT", "/admin/routes/chat", settingsOf(routeConfig("chat", ["a/small"])));
    await errorOf(response, 503, "changes_unavailable");
    expect(await send()).toBe("b/small");
  });
});
