import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { jsonOf, startAdminGateway, withProviders } from "../test/admin-gateway.ts";
import { startRoutesTable } from "../test/routes-table.ts";
import { chat, post } from "../test/test-gateway.ts";

const settingsOf = ({ name: _, ...settings }: { readonly name: string }) => settings;
const toA = settingsOf(routeConfig("any", ["a/small"]));
/** No gateway here reads the changes by itself. */
const changesMs = 3_600_000;

const namesOf = async (response: Promise<Response>) =>
  ((await jsonOf(response)).data as { readonly name: string }[]).map(({ name }) => name);

describe("changes of several gateways", () => {
  test("are in the responses of all of them at once", async () => {
    const { b, config } = await withProviders();
    const first = await startAdminGateway({ config, changesMs });
    const second = await startAdminGateway({ config, changesMs }, first.table);
    await second.call("PUT", "/admin/providers/b", settingsOf(providerConfig("b", b.origin)));
    await second.call("PUT", "/admin/routes/extra", settingsOf(routeConfig("extra", ["b/small"])));
    expect(await namesOf(first.call("GET", "/admin/routes"))).toEqual(["chat", "extra"]);
    await second.call("PUT", "/admin/routes/more", toA);
    expect((await first.call("GET", "/admin/routes/more")).headers.get("etag")).toBe('"3"');
    await second.call("PUT", "/admin/providers/c", settingsOf(providerConfig("c", b.origin)));
    const { data } = await jsonOf(first.call("GET", "/admin/targets"));
    expect((data as { readonly id: string }[]).map(({ id }) => id)).toContain("c/small");
    await second.call("PUT", "/admin/providers/d", settingsOf(providerConfig("d", b.origin)));
    expect((await first.call("POST", "/admin/providers/d/test")).status).toBe(200);
    await second.call("PUT", "/admin/providers/e", settingsOf(providerConfig("e", b.origin)));
    expect(await namesOf(first.call("GET", "/admin/providers"))).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("are listed as they were last read while the table can't be read", async () => {
    const { config } = await withProviders();
    const { call, breakDown } = await startAdminGateway({ config, changesMs });
    await call("PUT", "/admin/routes/extra", toA);
    breakDown(true);
    expect(await namesOf(call("GET", "/admin/routes"))).toEqual(["chat", "extra"]);
  });
});

test("a slow read of an earlier state does not replace a later one", async () => {
  const { config } = await withProviders();
  const table = await startRoutesTable();
  const read = table.changeStore.all.bind(table.changeStore);
  const held = Promise.withResolvers<void>();
  let isFirst = true;
  Object.assign(table.changeStore, {
    all: async () => {
      const found = await read();
      if (found.changes.length === 1 && isFirst) {
        isFirst = false;
        held.resolve();
        await sleep(1000);
      }
      return found;
    },
  });
  const { url, call } = await startAdminGateway({ config, changesMs }, table);
  const one = call("PUT", "/admin/routes/one", toA);
  await held.promise;
  const two = call("PUT", "/admin/routes/two", toA);
  expect([(await one).status, (await two).status]).toEqual([200, 200]);
  for (const model of ["one", "two"])
    expect((await post(url, "/v1/chat/completions", chat({ model }))).status, model).toBe(200);
});
