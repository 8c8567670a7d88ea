import { expect, onTestFinished, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { startProcess, withGatewayBundle } from "../test/gateway-process.ts";
import { provide } from "../test/provider-fixture.ts";
import { startRoutesTable } from "../test/routes-table.ts";
import { chat, post, testConfig } from "../test/test-gateway.ts";

withGatewayBundle();

/** A dollar for each token of a prompt or a completion. */
const PRICE = 1_000_000;
const CAP = 300;
/** What the fake provider counts. */
const PROMPT_TOKENS = 7;

async function start() {
  const provider = await provide({ tokens: 4, dripMs: 300 });
  const table = await startRoutesTable();
  const small = {
    contextTokens: 8192,
    capabilities: ["completions"],
    inputUsdPerMillion: PRICE,
    outputUsdPerMillion: PRICE,
  };
  const config = testConfig({
    routesTable: table.tableName,
    providers: [providerConfig("a", provider.origin, { monthlyCapUsd: CAP, models: { small } })],
    routes: [routeConfig("chat", ["a/small"])],
  });
  const serve = async () => {
    const environment = {
      ...table.environment,
      SLUICE_CONFIG: JSON.stringify(config),
      SLUICE_HOST: "127.0.0.1",
      SLUICE_PORT: "0",
      SLUICE_METRICS_PORT: "0",
    };
    const gateway = startProcess(environment);
    const port = await eventually(
      () => /"port":(\d+).*"listening"/.exec(gateway.output())?.[1] ?? expect.fail(gateway.output()),
      { timeoutMs: 30_000 },
    );
    onTestFinished(() => void gateway.child.kill("SIGKILL"));
    return { ...gateway, url: `http://127.0.0.1:${port}` };
  };
  const counted = async () => (await table.spendStore.add("a", new Date().toISOString().slice(0, 7), 0)) ?? 0;
  return { provider, serve, counted };
}

const body = (stream: boolean) => chat({ model: "chat", max_tokens: 5, stream });

// documented: killed-process-spend
test("a process killed in the middle of its streams has counted them, and processes together stay under the cap", async () => {
  const { provider, serve, counted } = await start();
  const killed = await serve();
  provider.behaviour.fault = "slow-drip";
  const readers = await Promise.all(
    Array.from({ length: 4 }, async () =>
      (await post(killed.url, "/v1/chat/completions", body(true))).body?.getReader(),
    ),
  );
  for (const reader of readers) await reader?.read();
  killed.child.kill("SIGKILL");
  await killed.exit;
  // Each prompt was worked on, and the first of its four tokens was sent.
  let used = 4 * (PROMPT_TOKENS + 1);
  expect(await counted()).toBeGreaterThanOrEqual(used);

  provider.behaviour.fault = undefined;
  const gateways = await Promise.all([serve(), serve()]);
  const statuses: number[] = [];
  for (let round = 0; round < 8; round++)
    for (const { status } of await Promise.all(
      gateways.flatMap(({ url }) => [1, 2].map(() => post(url, "/v1/chat/completions", body(false)))),
    ))
      statuses.push(status);
  used += statuses.filter((status) => status === 200).length * (PROMPT_TOKENS + 4);
  expect(statuses).toContain(200);
  expect(statuses).toContain(429);
  expect(used).toBeLessThanOrEqual(CAP);
  for (const { child, exit } of gateways) {
    child.kill("SIGTERM");
    await exit;
  }
  const sum = await counted();
  expect(sum).toBeGreaterThanOrEqual(used);
  expect(sum).toBeLessThanOrEqual(CAP);
});
