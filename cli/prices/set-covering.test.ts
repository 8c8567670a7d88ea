import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Command } from "commander";
import { expect, onTestFinished, test } from "vitest";
import { addShares } from "../../domain/usage/amortised-cost.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { sumsOf, UsageAdditions } from "../../domain/usage/usage-sums.ts";
import { DynamoKeyStore } from "../../gateway/keys/dynamo-key-store.ts";
import { startRoutesTable } from "../../gateway/test/routes-table.ts";
import { startTestGateway } from "../../gateway/test/test-gateway.ts";
import { controlServer } from "../../local/test/control-server.ts";
import { coveringCommand } from "./covering-command.ts";

const DAY = 86_400;
const NOW = 1_790_000_000;
const MIDNIGHT = new Date((Math.floor(NOW / DAY) + 1) * DAY * 1000).toISOString();
const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 4 };

/** An API of a real control API and a real gateway with the pool `tiny`, of which a day cost this for a million tokens of prompts. */
async function started(costUsd: number, model = "tiny") {
  const server = await controlServer();
  const { document, usageTable, clock } = server;
  const { changeStore } = await startRoutesTable();
  const gateway = await startTestGateway({
    changeStore,
    model: { price: PRICE },
    keys: new DynamoKeyStore({ client: document, tableName: server.keys }),
    wallClock: () => clock.ms,
  });
  const control = server.url.replace(/\/v1$/, "");
  // As API Gateway does it: one address for both.
  const api = createServer(async (request, response) => {
    const path = request.url ?? "";
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk);
    const { authorization = "", "if-match": ifMatch } = request.headers;
    const passed = await fetch(`${path.startsWith("/v1/organization") ? control : gateway.url}${path}`, {
      method: request.method ?? "GET",
      headers: {
        authorization,
        "content-type": "application/json",
        ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
      },
      ...(body.length === 0 ? {} : { body: Buffer.concat(body) }),
    });
    response.writeHead(passed.status, { "content-type": "application/json" }).end(await passed.text());
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void api.close());
  const secret = await server.owner("org-a");
  const additions = new UsageAdditions();
  const start = Math.floor(NOW / DAY) * DAY - DAY;
  const endedAt = new Date(start * 1000).toISOString();
  const event = usageEvent({ inputTokens: 1_000_000, outputTokens: 0, costNanoUsd: 0, target: model, model, endedAt });
  additions.add(event, sumsOf(event));
  const share = { pool: model, route: "/v1/chat/completions", model, isBatch: false, costNanoUsd: costUsd * 1e9 };
  addShares(additions, [share], start, ["1h", "1d"]);
  for (const { series, entry, sums } of additions.inOrder())
    await document.send(new PutCommand({ TableName: usageTable, Item: { series, entry, ...sums } }));
  const runWithout = async (...args: readonly string[]) => {
    const printed: string[] = [];
    const command = coveringCommand({
      print: (text) => printed.push(text),
      localUrl: () => `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      variable: () => secret,
      now: () => NOW * 1000,
    });
    const program = new Command().exitOverride().addCommand(command);
    await program.parseAsync(["covering", ...args], { from: "user" });
    return printed.join("\n");
  };
  const run = (...args: readonly string[]) => runWithout("--set", ...args);
  const stored = async () => (await changeStore.all()).changes.map(({ name, settings }) => ({ name, settings }));
  const audited = () => gateway.log().filter(({ action }) => action === "put price");
  return { run, runWithout, stored, audited };
}

const cells = (text: string) => text.split("\n")[1]?.split(/ {2,}/);

// documented: covering-prices-set
test("`--set --yes` makes the covering price that of the pool from the next midnight on, in one step however often it runs", async () => {
  const { run, stored, audited } = await started(3);
  const shown = await run();
  expect(cells(shown)).toEqual(["tiny", "1", "4", "1.25", "5", "to be set"]);
  expect(shown).toContain(`Nothing was stored; add --yes to set the new prices for requests from ${MIDNIGHT} on.`);
  expect(await stored()).toEqual([]);
  expect(cells(await run("--yes"))).toEqual(["tiny", "1", "4", "1.25", "5", "set"]);
  const change = { inputUsdPerMillion: 1.25, outputUsdPerMillion: 5, from: MIDNIGHT };
  const settings = { ...PRICE, priceChanges: [change] };
  expect(await stored()).toEqual([{ name: "tiny", settings }]);
  expect(cells(await run("--yes"))).toEqual(["tiny", "1", "4", "-", "-", "same"]);
  expect(await stored()).toEqual([{ name: "tiny", settings }]);
  expect(audited()).toEqual([expect.objectContaining({ audit: true, name: "tiny", version: 1 })]);
  const next = new Date(Date.parse(MIDNIGHT) + DAY * 1000).toISOString();
  const { from, models } = JSON.parse(await run("--yes", "--json", "--from", next, "--most-change", "100"));
  expect([from, models]).toEqual([
    next,
    [
      {
        model: "tiny",
        before: { inputUsdPerMillion: 1.25, outputUsdPerMillion: 5 },
        price: { inputUsdPerMillion: 2.5, outputUsdPerMillion: 10 },
        outcome: "set",
      },
    ],
  ]);
});

test("`--set` leaves a price with few tokens, and a model that is no pool, and refuses what it can't read", async () => {
  const few = await started(3);
  expect(cells(await few.run("--yes", "--least-tokens", "1000001"))).toEqual([
    "tiny",
    "1",
    "4",
    "-",
    "-",
    "too few tokens",
  ]);
  await expect(few.run("--most-change", "0")).rejects.toThrow("--most-change must be a number from 1 to 100, got 0.");
  await expect(few.runWithout("--yes")).rejects.toThrow("--yes needs --set: without it prices are shown");
  await expect(few.runWithout("--least-tokens", "5")).rejects.toThrow("--least-tokens needs --set");
  await expect(few.run("--from", "soon")).rejects.toThrow("--from must be a date or time in UTC");
  expect(await few.stored()).toEqual([]);
  const other = await started(3, "provided");
  expect(cells(await other.run("--yes"))).toEqual(["provided", "-", "-", "-", "-", "no pool"]);
});
