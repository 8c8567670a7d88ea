import { expect, test } from "vitest";
import { AdminPrice, AdminPriceList, AdminTargetList } from "../../contracts/api/admin.ts";
import { ModelCard } from "../../contracts/api/models.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { jsonOf, startAdminGateway } from "../test/admin-gateway.ts";
import { chat, errorOf, post } from "../test/test-gateway.ts";

const PATH = "/admin/prices/tiny";
const price = (inputUsdPerMillion: number) => ({ inputUsdPerMillion, outputUsdPerMillion: 4 * inputUsdPerMillion });

/** A gateway whose clock is moved by hand, with one pool at a dollar for a million tokens of the prompt. */
async function started() {
  const clock = { ms: Date.parse("2026-12-01T12:00:00Z") };
  const gateway = await startAdminGateway({ model: { price: price(1) }, wallClock: () => clock.ms });
  const lines = () => gateway.log().filter(({ msg, route }) => msg === "request" && route === "/v1/chat/completions");
  /** What the next request is charged, in dollars. */
  const charge = async (sent: () => Promise<unknown> = whole): Promise<unknown> => {
    const { length } = lines();
    await sent();
    await eventually(() => expect(lines()).toHaveLength(length + 1));
    return lines().at(-1)?.chargeUsd ?? 0;
  };
  const whole = async () => {
    const response = await post(gateway.url, "/v1/chat/completions", chat({ model: "tiny" }));
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  };
  const read = async () => AdminPrice.parse(await jsonOf(gateway.call("GET", PATH)));
  return { ...gateway, clock, charge, read };
}

// documented: models-price
test("the list of models has the price in force, from the time on at which a change holds", async () => {
  const { call, url, clock } = await started();
  const shown = async () => ModelCard.parse(await (await fetch(`${url}/v1/models/tiny`)).json()).price;
  const asShown = (dollars: number) => ({ input_usd_per_million: dollars, output_usd_per_million: 4 * dollars });
  expect(await shown()).toEqual(asShown(1));
  const change = { ...price(3), from: "2026-12-02T00:00:00.000Z" };
  await call("PUT", PATH, { ...price(2), priceChanges: [change] });
  expect(await shown()).toEqual(asShown(2));
  clock.ms = Date.parse(change.from);
  expect(await shown()).toEqual(asShown(3));
  await call("DELETE", PATH);
  expect(await shown()).toEqual(asShown(1));
});

// documented: pool-prices
test("a pool's price that an operator changes holds from its time on, until the change is taken back", async () => {
  const { call, charge, read, clock, admin, log } = await started();
  const declared = Number(await charge());
  expect(declared).toBeGreaterThan(0);
  expect(await read()).toMatchObject({ source: "declared", version: 0, settings: price(1) });

  const change = { ...price(3), from: "2026-12-02T00:00:00.000Z", to: "2026-12-03T00:00:00.000Z" };
  const settings = { ...price(1), priceChanges: [change] };
  const put = await call("PUT", PATH, settings, { "if-match": '"0"' });
  expect([put.status, put.headers.get("etag")]).toEqual([200, '"1"']);
  expect(await read()).toMatchObject({ source: "changed", version: 1, updatedBy: admin.keyId, settings });
  expect(log().filter(({ audit }) => audit === true)).toEqual([
    expect.objectContaining({ action: "put price", name: "tiny", actor: admin.keyId, version: 1 }),
  ]);
  expect(await charge()).toBeCloseTo(declared, 9);
  clock.ms = Date.parse(change.from);
  expect(await charge()).toBeCloseTo(3 * declared, 9);
  clock.ms = Date.parse(change.to);
  expect(await charge()).toBeCloseTo(declared, 9);
  await call("PUT", PATH, price(2));
  expect(await charge()).toBeCloseTo(2 * declared, 9);
  expect((await call("DELETE", PATH)).status).toBe(200);
  expect(await charge()).toBeCloseTo(declared, 9);
});

test("a request is charged the price with which it began, though it is changed before its end", async () => {
  const { call, charge, engines, url } = await started();
  engines[0]!.behaviour.stallsAfterTokens = 2;
  const charged = await charge(async () => {
    const stop = new AbortController();
    const body = chat({ model: "tiny", stream: true });
    const response = await post(url, "/v1/chat/completions", body, {}, { signal: stop.signal });
    await response.body?.getReader().read();
    expect((await call("PUT", PATH, price(0))).status).toBe(200);
    stop.abort();
  });
  expect(Number(charged)).toBeGreaterThan(0);
  engines[0]!.behaviour.stallsAfterTokens = undefined;
  expect(await charge()).toBe(0);
});

test("the target of a pool counts its requests on when its price changes", async () => {
  const { call, charge } = await started();
  const requests = async () =>
    AdminTargetList.parse(await jsonOf(call("GET", "/admin/targets"))).data.find(({ id }) => id === "tiny")?.requests;
  await charge();
  await call("PUT", PATH, price(2));
  await charge();
  expect(await requests()).toBe(2);
});

test("all pools are listed with their prices, and another version or a name that is no pool is refused", async () => {
  const { call } = await started();
  const list = AdminPriceList.parse(await jsonOf(call("GET", "/admin/prices")));
  expect(list.data.map(({ name, settings }) => [name, settings])).toEqual([["tiny", price(1)]]);
  const late = await call("PUT", PATH, price(2), { "if-match": '"4"' });
  expect((await errorOf(late, 412, "version_conflict")).message).toContain("Nothing is changed here now");
  await errorOf(await call("GET", "/admin/prices/nobody"), 404, "not_found");
  const unknown = await errorOf(await call("PUT", "/admin/prices/nobody", price(2)), 400, "invalid_request");
  expect(unknown.message).toContain("must be of a pool that exists");
  await errorOf(await call("PUT", PATH, { inputUsdPerMillion: -1, outputUsdPerMillion: 1 }), 400, "invalid_request");
  const unchanged = await errorOf(await call("DELETE", PATH), 404, "not_found");
  expect(unchanged.message).toContain("as the environment file declares it");
});

test.each([
  [
    { from: "2027-02-29T00:00:00Z" },
    'priceChanges[0].from` must be a time in UTC such as 2027-01-01T00:00:00Z, got "2027-02-29',
  ],
  [
    { from: "2027-01-02T00:00:00Z", to: "2027-01-01T00:00:00Z" },
    'priceChanges[0].to` must be after its `from`, got "2027-01-01T00:00:00Z"',
  ],
])("a price change of %j is refused with the rule and the value", async (span, message) => {
  const { call } = await started();
  const put = await call("PUT", PATH, { ...price(1), priceChanges: [{ ...price(2), ...span }] });
  expect((await errorOf(put, 400, "invalid_request")).message).toContain(message);
});

test("a stored price of a pool that is gone leaves the one of a pool whose name begins alike", async () => {
  const { write, read } = await started();
  const item = { kind: "price", updatedAt: "2026-12-01T00:00:00.000Z", updatedBy: "x", version: 1 };
  await write({ ...item, id: "price#tiny-2", name: "tiny-2", settings: price(5) }, 1);
  await write({ ...item, id: "price#tiny", name: "tiny", settings: price(7) }, 2);
  await eventually(async () => expect(await read()).toMatchObject({ source: "changed", settings: price(7) }));
});
