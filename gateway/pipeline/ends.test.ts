import { describe, expect, test, vi } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { jsonOf, startAdminGateway } from "../test/admin-gateway.ts";
import { body, type End, readAll } from "../test/ends/request-end.ts";
import { STREAM } from "../test/ends/streamed-requests.ts";
import { WHOLE } from "../test/ends/whole-requests.ts";
import { provide } from "../test/provider-fixture.ts";
import { estimatePromptTokens } from "./body/prompt-tokens.ts";

/** A tenth of a cent for a token of a prompt, a dollar for one of a completion: a sum shows which were counted. */
const PRICE = { inputUsdPerMillion: 1e3, outputUsdPerMillion: 1e6 };
const MODEL = { contextTokens: 8192, capabilities: ["completions"], ...PRICE };
/** What the fake provider counts of a whole answer: 7 tokens of prompt, 3 of completion. */
const USAGE = 3.007;
/** Outcomes of calls whose prompt is paid although there is no response. */
const BILLED = ["died", "slow", "malformed", "abandoned", "hedged-away"];
/** Those of them whose whole response the provider generates all the same, at most 5 tokens. */
const UNSEEN = ["slow", "abandoned"];
const MAX_TOKENS = 5;

/** No server gets this port by chance, as it could that of a server which has ended. */
const NO_SERVER = "http://127.0.0.1:1";

async function start({ a: behaviour = {}, isGone = false, settings = {}, endpoint, route = {}, config = {} }: End) {
  const [a, b] = [await provide({ tokens: 3, ...behaviour }), await provide({ tokens: 3 })];
  const common = { models: { small: MODEL }, monthlyCapUsd: 1000 };
  const own = endpoint === undefined ? settings : { ...settings, allowPrivateHosts: [new URL(endpoint).hostname] };
  const gateway = await startAdminGateway({
    engines: [],
    lookup: () => undefined,
    config: {
      providers: [
        providerConfig("a", endpoint ?? (isGone ? NO_SERVER : a.origin), { ...common, ...own }),
        providerConfig("b", b.origin, common),
      ],
      routes: [routeConfig("chat", ["a/small"], route)],
      ...config,
    },
  });
  return { ...gateway, a };
}

/** What a request's end has left, read from the gateway's own metrics, log and pages. */
async function settled(
  { gateway, log, table, call }: Awaited<ReturnType<typeof start>>,
  isDrained: boolean,
  count: number,
) {
  const lines = () =>
    log()
      .filter(({ msg, route }) => msg === "request" && route === "/v1/chat/completions")
      .map(({ status, errorCode, aborted }) => [status, errorCode, aborted]);
  await eventually(() => expect(lines()).toHaveLength(count));
  const metrics = await gateway.metrics();
  const sums = (name: string, key: (labels: Record<string, unknown>) => string) => {
    const { values = [] } = metrics.find((metric) => metric.name === name) ?? {};
    return new Map(values.map(({ labels, value }) => [key(labels), value]));
  };
  const inFlight = isDrained
    ? []
    : ((await jsonOf(call("GET", "/admin/targets"))).data as { inFlight: number }[]).map((target) => target.inFlight);
  await gateway.drain();
  const month = new Date().toISOString().slice(0, 7);
  const counted = (await Promise.all(["a", "b"].map((name) => table.spendStore.add(name, month, 0)))).map(Number);
  return {
    lines: lines().toSorted(),
    requests: [...sums("sluice_requests_total", ({ route, status }) => `${route} ${status}`)]
      .filter(([name]) => name.includes("chat"))
      .reduce((sum, [, value]) => sum + value, 0),
    calls: sums("sluice_target_calls_total", ({ target, outcome }) => `${String(target).split("/")[0]} ${outcome}`),
    spent: [...sums("sluice_target_spend_usd_total", ({ target }) => String(target)).values()].reduce(
      (sum, usd) => sum + usd,
      0,
    ),
    counted: counted.reduce((sum, usd) => sum + usd, 0),
    charged: log()
      .filter(({ msg }) => msg === "request")
      .reduce((sum, { chargeUsd = 0 }) => sum + Number(chargeUsd), 0),
    inFlight,
  };
}

describe.each([
  ["whole", WHOLE],
  ["streamed", STREAM],
] as const)("a %s request settles its slot, its money, its log line and its metrics once, after", (kind, ends) => {
  // documented: every-end-settles-once
  test.each(ends.map((end) => [end.how, end] as const))("%s", async (_how, end) => {
    const world = await start(end);
    const isStream = kind === "streamed";
    const drain = vi.fn(world.gateway.drain);
    await (end.run ?? readAll)({ url: world.url, a: world.a, drain }, isStream);
    const found = await settled(world, drain.mock.calls.length > 0, end.lines.length);
    expect(found.lines).toEqual(end.lines);
    expect(found.requests).toBe(end.lines.length);
    expect([...found.calls.keys()].sort()).toEqual([...end.calls]);
    expect(found.inFlight.filter((count) => count !== 0)).toEqual([]);
    // Money: each call that was worked on is paid once, and the table has neither more nor less than that.
    const estimate = estimatePromptTokens({}, Buffer.byteLength(JSON.stringify(body(isStream)))) / 1000;
    const unread = end.isReadWithoutClient === true ? [] : [...found.calls];
    const billed = unread.filter(([name]) => BILLED.includes(name.split(" ")[1] ?? ""));
    const prompts = estimate * billed.reduce((sum, [, count]) => sum + count, 0);
    const isUnseen = (name: string) => !isStream && !end.isUnconnected && UNSEEN.includes(name.split(" ")[1] ?? "");
    const unseen = billed.reduce((sum, [name, count]) => sum + (isUnseen(name) ? count * MAX_TOKENS : 0), 0);
    const rest = found.spent - prompts - unseen;
    if (end.paid === "usage") expect(rest).toBeCloseTo(USAGE, 6);
    else if (end.paid === "none") expect(rest).toBeCloseTo(0, 6);
    else {
      expect(rest % 1).toBeCloseTo(estimate, 6);
      expect(rest).toBeGreaterThan(1);
    }
    expect(found.counted).toBeCloseTo(found.spent, 6);
    // The caller pays the same, but for calls of which others are the cause: a slow provider, a broken one, a second call.
    const isOurs = (name: string) => name.split(" ")[1] !== "abandoned";
    const ours = billed
      .filter(([name]) => isOurs(name))
      .reduce((sum, [name, count]) => sum + count * (estimate + (isUnseen(name) ? MAX_TOKENS : 0)), 0);
    expect(found.charged).toBeCloseTo(found.spent - ours, 6);
  });
});
