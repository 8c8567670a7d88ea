import { describe, expect, onTestFinished, test } from "vitest";
import { DynamoAuditTable } from "../lambdas/seal-audit/dynamo-audit-table.ts";
import { DynamoStreamPositions } from "../lambdas/seal-audit/dynamo-stream-positions.ts";
import { sealAll } from "../lambdas/seal-audit/seal-chain.ts";
import { streamAll } from "../lambdas/seal-audit/stream-chains.ts";
import { isRecord } from "../lib/is-record.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { bind } from "./http/server.ts";
import { DeliveryStream } from "./services/firehose/delivery-stream.ts";
import { httpSink } from "./services/firehose/http-sink.ts";
import { FirehoseRuntime } from "./services/firehose/runtime.ts";
import { bucketService, keyService, streamService } from "./test/audit-services.ts";
import { all, controlServer } from "./test/control-server.ts";
import { temporaryFolder } from "./test/tools.ts";

const STREAM = "sluice-dev-audit-events";

/** A SIEM that speaks Firehose's protocol, and is down until it is told otherwise. */
async function siem() {
  const state: { isUp: boolean; key?: string | undefined; attempts: number } = { isUp: false, attempts: 0 };
  const received: Readonly<Record<string, unknown>>[] = [];
  const server = await bind(0, "", async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    state.attempts++;
    state.key = request.headersDistinct["x-amz-firehose-access-key"]?.[0];
    const { requestId, records } = JSON.parse(text);
    if (!state.isUp) return void response.writeHead(503).end();
    for (const { data } of records) received.push(JSON.parse(Buffer.from(data, "base64").toString()));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ requestId, timestamp: Date.now() }));
  });
  onTestFinished(() => server.close());
  return { state, received, url: `http://127.0.0.1:${server.port}/` };
}

/** The sealer with its stream, as its function runs them. */
async function streamedTrail(options: { readonly retryMs?: number; readonly url: string }) {
  const { owner, sdk, document, clock } = await controlServer();
  const [{ signer }, { bucket }] = await Promise.all([keyService(), bucketService()]);
  const folder = temporaryFolder();
  const backedUp: Buffer[] = [];
  const open = () =>
    new DeliveryStream({
      name: STREAM,
      folder,
      deliver: httpSink(options.url, "the key"),
      backUp: async (records) => void backedUp.push(...records),
      bufferMs: 1,
      retryMs: options.retryMs ?? Number.POSITIVE_INFINITY,
      pauseMs: 1,
      report: () => {},
    });
  const firehose = new FirehoseRuntime();
  firehose.streams.set(STREAM, open());
  onTestFinished(() => firehose.stop());
  const table = new DynamoAuditTable(document, "sluice-dev-control");
  const positions = new DynamoStreamPositions(document, "sluice-dev-control");
  const stream = await streamService(firehose, STREAM);
  const tools = { table, bucket, signer, now: () => clock.ms, deadlineMs: Number.POSITIVE_INFINITY };
  const run = async () => {
    expect((await sealAll(tools)).errors).toEqual([]);
    return await streamAll({ ...tools, positions, stream });
  };
  const restart = async () => {
    await firehose.stop();
    firehose.streams.set(STREAM, open());
  };
  const api = sdk(await owner("org-a"));
  const ids = async () => (await all(api.auditLogs.list())).map(({ id }) => id).toSorted();
  return { api, sdk, owner, clock, run, ids, firehose, restart, backedUp };
}

/** Ids of the events in OCSF records, each once. */
function idsOf(records: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] {
  return [...new Set(records.map(({ metadata }) => (isRecord(metadata) ? metadata.uid : undefined)))].toSorted();
}

describe("Audit events for a SIEM", () => {
  // documented: siem-outage
  test("events of an outage of the SIEM wait, through a restart too, and are delivered afterwards, in the order of the trail", async () => {
    const { state, received, url } = await siem();
    const { api, clock, run, ids, restart } = await streamedTrail({ url });
    for (let minute = 0; minute < 10; minute++) {
      await api.projects.create({ name: `project ${minute}` });
      clock.ms += 60_000;
      expect(await run()).toEqual([]);
    }
    await eventually(() => expect(state.attempts).toBeGreaterThan(1));
    expect(received).toEqual([]);
    await restart();
    state.isUp = true;
    const written = await ids();
    await eventually(() => expect(idsOf(received)).toEqual(written));
    expect(written).toHaveLength(12); // with the organisation's first user and key
    expect(received.map(({ metadata }) => isRecord(metadata) && metadata.sequence)).toEqual(
      written.map((_, index) => index + 1),
    );
    expect(received[2]).toMatchObject({ class_uid: 3004, entity: { type: "project", name: "project 0" } });
    expect(state.key).toBe("the key");
  });

  // documented: siem-once
  test("a run gives what the one before has not given, of each organisation, and a second one beside it loses none", async () => {
    const { state, received, url } = await siem();
    state.isUp = true;
    const { api, sdk, owner, run, ids, clock } = await streamedTrail({ url });
    const other = sdk(await owner("org-b"));
    await other.projects.create({ name: "of b" });
    expect((await Promise.all([run(), run()])).flat()).toEqual([]);
    const written = async () =>
      [...(await ids()), ...(await all(other.auditLogs.list())).map(({ id }) => id)].toSorted();
    const first = await written();
    await eventually(() => expect(idsOf(received)).toEqual(first));
    clock.ms += 60_000;
    await api.projects.create({ name: "later" });
    expect(await run()).toEqual([]);
    const second = await written();
    expect(second).toHaveLength(first.length + 1);
    await eventually(() => expect(idsOf(received)).toEqual(second));
  });

  // documented: siem-backup
  test("what a SIEM has not taken for the whole time of retries goes to the bucket", async () => {
    const { url } = await siem();
    const { run, backedUp } = await streamedTrail({ url, retryMs: 0 });
    expect(await run()).toEqual([]);
    await eventually(() => expect(backedUp).toHaveLength(2));
    expect(JSON.parse(String(backedUp[0]))).toMatchObject({ metadata: { tenant_uid: "org-a", sequence: 1 } });
  });

  test("a run whose stream is gone says so, and the next one gives all of its events", async () => {
    const { state, received, url } = await siem();
    state.isUp = true;
    const { run, firehose, restart, ids } = await streamedTrail({ url });
    firehose.streams.clear();
    expect((await run()).map(({ message }) => message)).toEqual([expect.stringContaining(`${STREAM} not found`)]);
    await restart();
    expect(await run()).toEqual([]);
    const written = await ids();
    await eventually(() => expect(idsOf(received)).toEqual(written));
  });
});
