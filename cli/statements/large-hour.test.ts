import { gzipSync } from "node:zlib";
import { Command } from "commander";
import { expect, test } from "vitest";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { segmentKey, segmentName } from "../../domain/usage/segment-names.ts";
import { seededNumbers, usageEvent } from "../../domain/usage/test/usage-events.ts";
import { moneyLedger } from "../../local/test/money-ledger.ts";
import { recountCommand } from "./recount-command.ts";
import { ledgerTools } from "./test/ledger-commands.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const START = 1_790_000_000 - (1_790_000_000 % DAY) - DAY;
const FILES = 60;
/** An hour of 300,000 events, on an idle machine: SLUICE_EVENTS=5000. */
const EVENTS_PER_FILE = Number(process.env.SLUICE_EVENTS ?? 200);
/** What each file takes a function that has 8 seconds, by its clock. */
const FILE_MS = 250;

// documented: large-hours-are-recounted
test("an hour with more events than one request has time to read is recounted in parts to the nano-dollar, and each wrong sum is corrected", async () => {
  const nowMs = () => (START + 2 * HOUR) * 1000;
  const { server, count } = await moneyLedger(nowMs, { chargeNanoUsd: "m" });
  const secret = await server.owner("org-a");
  const below = seededNumbers(3);
  let charged = 0;
  const eventsOf = (file: number): readonly UsageEvent[] =>
    Array.from({ length: EVENTS_PER_FILE }, (_, index) => {
      const chargeNanoUsd = 1000 + below(900_000);
      charged += chargeNanoUsd;
      const ms = START * 1000 + Math.floor(((file + index / EVENTS_PER_FILE) * HOUR * 1000) / FILES);
      return usageEvent({
        id: `req_${file}_${index}`,
        keyId: `key${below(3)}`,
        endedAt: new Date(ms).toISOString(),
        chargeNanoUsd,
      });
    });
  const ship = (name: string, events: readonly UsageEvent[]) =>
    server.usageFiles.write(
      segmentKey(name),
      gzipSync(events.map((event) => `${JSON.stringify(event)}\n`).join(""), { level: 1 }),
    );
  const first = eventsOf(0);
  for (let file = 0; file < FILES; file++) {
    const began = START * 1000 + 1 + Math.floor((file * HOUR * 1000) / FILES);
    const events = file === 0 ? first : eventsOf(file);
    await ship(segmentName(began, "test", file), events);
    await count(segmentName(began, "test", file), events);
  }
  // Events that an archive has as well, and one that is counted and in no file.
  await ship(segmentName(START * 1000, "archive", 0), first.slice(0, 3));
  await count("ghost", [usageEvent({ id: "ghost", endedAt: new Date((START + 1700) * 1000).toISOString() })]);
  let ms = nowMs();
  Object.assign(server.tools, {
    now: () => {
      ms += FILE_MS;
      return ms;
    },
  });
  const { printed, tools } = ledgerTools({ server, secret, nowMs });
  const recount = async (...args: readonly string[]) => {
    printed.length = 0;
    const times = [START, START + HOUR].map((seconds) => new Date(seconds * 1000).toISOString().replace(".000", ""));
    const command = new Command().exitOverride().addCommand(recountCommand(tools));
    await command.parseAsync(["recount", "--from", times[0] ?? "", "--to", times[1] ?? "", ...args], { from: "user" });
    return printed.join("\n");
  };
  const corrected = await recount("--yes");
  expect(corrected).toMatch(
    new RegExp(`^${FILES * EVENTS_PER_FILE} events: \\d+ sums were wrong, and are corrected\\.$`, "m"),
  );
  expect(corrected.split("\n").filter((row) => / 5m /.test(row))).toHaveLength(2);
  expect(await recount()).toMatch(/^\d+ events: all sums are right\.$/m);
  const query = `start_time=${START}&end_time=${START + HOUR}&bucket_width=1h`;
  const headers = { authorization: `Bearer ${secret}` };
  const costs = await (await fetch(`${server.url}/organization/costs?${query}`, { headers })).json();
  const [bucket] = (costs as { data: { results: { amount: { value: number } }[] }[] }).data;
  expect(Math.round((bucket?.results[0]?.amount.value ?? 0) * 1e9)).toBe(charged);
}, 600_000);

test("an hour with more events than one request has time to read is refused with the reason once its minutes are deleted, and the error asks for no other attempt", async () => {
  const nowMs = () => (START + 10 * DAY) * 1000;
  const { server } = await moneyLedger(nowMs, { chargeNanoUsd: "m" });
  const secret = await server.owner("org-a");
  for (let file = 0; file < 12; file++) {
    const event = usageEvent({ id: `req_${file}`, endedAt: new Date((START + 60 * file) * 1000).toISOString() });
    const name = segmentName((START + 60 * file) * 1000, "test", file);
    await server.usageFiles.write(segmentKey(name), gzipSync(`${JSON.stringify(event)}\n`));
  }
  const recount = () => server.post("/organization/usage/recounts", secret, { start_time: START, width: "1h" });
  // They are counted first.
  expect((await recount()).status).toBe(200);
  let ms = nowMs();
  Object.assign(server.tools, {
    now: () => {
      ms += 1000;
      return ms;
    },
  });
  const refused = await recount();
  expect([refused.status, await refused.json()]).toEqual([
    400,
    {
      error: expect.objectContaining({
        param: "start_time",
        message: expect.stringMatching(/deleted after 8 days: sum its events with Athena .* within 8 days\.$/),
      }),
    },
  ]);
});
