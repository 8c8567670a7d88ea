import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Command } from "commander";
import { expect, test } from "vitest";
import { addShares } from "../../domain/usage/amortised-cost.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { sumsOf, UsageAdditions } from "../../domain/usage/usage-sums.ts";
import { controlServer } from "../../local/test/control-server.ts";
import { coveringCommand } from "./covering-command.ts";

const DAY = 86_400;
const NOW = 1_790_000_000;
const YESTERDAY = Math.floor(NOW / DAY) * DAY - DAY;

/** Two days of a pool that costs a dollar an hour in one of them, whose tokens are charged nothing. */
async function started() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const additions = new UsageAdditions();
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  const tokens = { inputTokens: 600_000, outputTokens: 100_000, costNanoUsd: 0, target: "small", model: "small" };
  const before = usageEvent({ ...tokens, endedAt: at(YESTERDAY) });
  const today = usageEvent({ ...tokens, endedAt: at(YESTERDAY + DAY), inputTokens: 9_000_000 });
  const free = usageEvent({ ...tokens, endedAt: at(YESTERDAY), model: "free" });
  for (const event of [before, today, free]) additions.add(event, sumsOf(event));
  const { projectId, userId, keyId } = before;
  const share = { pool: "small", route: "/v1/chat/completions", model: "small", isBatch: false };
  addShares(additions, [{ ...share, projectId, userId, keyId, costNanoUsd: 700_000_000 }], YESTERDAY, ["1h", "1d"]);
  addShares(additions, [{ ...share, costNanoUsd: 300_000_000 }], YESTERDAY + 3600, ["1h", "1d"]);
  for (const { series, entry, sums } of additions.inOrder())
    await server.document.send(new PutCommand({ TableName: server.usageTable, Item: { series, entry, ...sums } }));
  const run = async (...args: readonly string[]) => {
    const printed: string[] = [];
    const command = coveringCommand({
      print: (text) => printed.push(text),
      localUrl: () => server.url.replace(/\/v1$/, ""),
      variable: () => secret,
      now: () => NOW * 1000,
    });
    await new Command()
      .exitOverride()
      .addCommand(command)
      .parseAsync(["covering", ...args], { from: "user" });
    return printed.join("\n");
  };
  return { run };
}

// documented: covering-prices
test("the covering price of a pool's model pays its instances, idle hours with them, from the whole days before today", async () => {
  const { run } = await started();
  const cells = (await run()).split("\n").map((line) => line.split(/ {2,}/));
  expect(cells).toEqual([
    ["MODEL", "COST", "INPUT TOKENS", "OUTPUT TOKENS", "INPUT USD/M", "OUTPUT USD/M"],
    ["small", "1.00", "600000", "100000", "1", "4"],
  ]);
  const [row] = JSON.parse(await run("--json", "--output-weight", "9", "--percent", "50"));
  expect(row.price).toEqual({ inputUsdPerMillion: 1, outputUsdPerMillion: 9 });
  await expect(run("--days", "1.5")).rejects.toThrow("--days must be a whole number from 1 to 366, got 1.5.");
  await expect(run("--percent", "many")).rejects.toThrow("--percent must be a number from 0 to 1000, got many.");
});
