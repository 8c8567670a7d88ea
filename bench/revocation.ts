import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KEY_CHANGES_ID } from "../contracts/processes/auth.ts";
import { newApiKey } from "../domain/keys/api-key.ts";
import { percentile } from "../lib/percentile.ts";
import { type FakeAws, startFakeAws } from "../test-support/fake-aws.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { temporaryFolder } from "./children.ts";
import { startSluice } from "./gateway/sluice.ts";
import type { System } from "./gateway/systems.ts";
import { loadAverage, machine, rounded } from "./machine.ts";

/**
 * How long a key works, and a stream runs, after the key was revoked, on three gateways that serve other callers
 * meanwhile. From the moment at which the table has the change: a request of the key, one every 5 ms to each gateway, that
 * is accepted is in use; a stream ends with its last byte. `npm run bench revocation -- [revocations] [requests a second]`
 * writes bench/results/revocation.json.
 */
const [revocations = 100, rate = 60] = process.argv.slice(2).map(Number);
const GATEWAYS = 3;
/** Of the revoked key, on one more gateway. */
const STREAMS = 4;
const POLL_MS = 5;
/** Longer than a revocation may take; one that takes longer is an error. */
const LIMIT_MS = 10_000;

/** One with the engine of whole responses, one with that of endless streams; both have the same keys. */
const [aws, streamingAws] = [await startFakeAws(), await startFakeAws()];
const engine = await startFakeEngine({ tokens: 20, intervalMs: 2 });
const endless = await startFakeEngine({ tokens: 100_000, intervalMs: 10 });
const folder = temporaryFolder("sluice-revocation-");
/** Wrong keys are not throttled here: each revocation ends in one. */
const SETTINGS = {
  endStreamsOnRevoke: true,
  trustedAddresses: ["127.0.0.0/8"],
  timeouts: { firstByteSeconds: 30, totalSeconds: 900, idleSeconds: 30 },
};
const startGateway = (name: string, of: FakeAws, port: number) => {
  const own = join(folder, name);
  mkdirSync(own);
  return startSluice(of, [port], own, 1, SETTINGS);
};
const sluices: System[] = [];
for (let index = 0; index < GATEWAYS; index++) sluices.push(await startGateway(String(index), aws, engine.port));
const streaming = await startGateway("streaming", streamingAws, endless.port);
const chat = JSON.stringify({ model: "tiny", messages: [{ role: "user", content: "Hello" }], stream: true });
const post = (origin: string, authorization: string) =>
  fetch(`${origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: chat,
  });

const load = { requests: 0, failed: 0, isOver: false };
function fail(reason: string): void {
  load.failed++;
  console.error(`a request of another key failed: ${reason}`);
}

async function serveOthers(): Promise<void> {
  const open = new Set<Promise<void>>();
  const startedAt = performance.now();
  for (let count = 0; !load.isOver; count++) {
    await sleep(Math.max(0, startedAt + (1000 * count) / rate - performance.now()));
    const gateway = sluices[count % GATEWAYS];
    if (gateway === undefined) continue;
    const request = post(gateway.origin, gateway.headers.authorization ?? "")
      .then(async (response) => {
        load.requests++;
        const text = await response.text();
        if (response.status !== 200 || !text.includes("[DONE]")) fail(`${response.status} ${text.slice(-200)}`);
      })
      .catch((error: unknown) => fail(String(error)))
      .finally(() => open.delete(request));
    open.add(request);
  }
  await Promise.all(open);
}

function addKey() {
  const { keyId, hash, secret } = newApiKey();
  const item = { keyId, hash, name: "revoked", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
  const tables = [aws.keys, streamingAws.keys];
  for (const keys of tables) keys.set(keyId, item);
  const revoke = (): number => {
    for (const keys of tables) {
      keys.set(keyId, { ...item, revokedAt: new Date().toISOString() });
      keys.set(KEY_CHANGES_ID, { changes: Number(keys.get(KEY_CHANGES_ID)?.changes ?? 0) + 1 });
    }
    return performance.now();
  };
  return { authorization: `Bearer ${secret}`, revoke };
}

/** Sends a request every 5 ms until one is refused. @returns when the last accepted one was sent */
async function lastUse(origin: string, authorization: string): Promise<number> {
  const limit = performance.now() + LIMIT_MS;
  let last = performance.now();
  while (performance.now() < limit) {
    const sentAt = performance.now();
    const { status } = await fetch(`${origin}/v1/models`, { headers: { authorization } });
    if (status === 401) return last;
    if (status !== 200) throw new Error(`expected 200 or 401, got ${status}`);
    last = sentAt;
    await sleep(POLL_MS);
  }
  throw new Error(`a revoked key was in use for ${LIMIT_MS} ms`);
}

/** Milliseconds after the revocation until no gateway takes the key, and until the last of its streams has ended. */
async function revocation(): Promise<{ readonly keyMs: number; readonly streamMs: number }> {
  const { authorization, revoke } = addKey();
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => post(streaming.origin, authorization)));
  const ends = streams.map(async (response) => {
    const text = await response.text();
    if (!text.includes('"invalid_api_key"')) throw new Error(`a stream ended without the error: ${text.slice(-200)}`);
    return performance.now();
  });
  const uses = sluices.map(({ origin }) => lastUse(origin, authorization));
  // The moment of a revocation is not tied to that of a poll.
  await sleep(200 + Math.random() * 500);
  const revokedAt = revoke();
  const [lastUses, lastEnds] = await Promise.all([Promise.all(uses), Promise.all(ends)]);
  return { keyMs: Math.max(0, ...lastUses.map((at) => at - revokedAt)), streamMs: Math.max(...lastEnds) - revokedAt };
}

const loading = serveOthers();
const measured: Awaited<ReturnType<typeof revocation>>[] = [];
const loadBefore = loadAverage();
for (let count = 0; count < revocations; count++) measured.push(await revocation());
load.isOver = true;
await loading;

const figures = (values: readonly number[]) => ({
  p50Ms: rounded(percentile(values, 0.5)),
  p99Ms: rounded(percentile(values, 0.99)),
  maxMs: rounded(Math.max(...values)),
});
const result = {
  command: `npm run bench revocation -- ${revocations} ${rate}`,
  machine: { ...machine(), loadBefore, loadAverage: loadAverage() },
  settings: { gateways: GATEWAYS, streams: STREAMS, revocations, requestsASecond: rate, pollMs: POLL_MS },
  results: {
    keyInUse: figures(measured.map(({ keyMs }) => keyMs)),
    streamRuns: figures(measured.map(({ streamMs }) => streamMs)),
    requestsOfOthers: load.requests,
    failedOfOthers: load.failed,
  },
};
writeFileSync(join(import.meta.dirname, "results/revocation.json"), `${JSON.stringify(result, undefined, 2)}\n`);
console.log(JSON.stringify(result.results, undefined, 2));
await Promise.all([...sluices, streaming].map((system) => system.stop()));
await Promise.all([engine.stop(), endless.stop(), aws.stop(), streamingAws.stop()]);
