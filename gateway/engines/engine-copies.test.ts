import { describe, expect, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { completion, post, startTestGateway } from "../test/test-gateway.ts";

const RANK = "x-data-parallel-rank";
/** Long beside the sending of a few requests on a busy machine: all of them are in progress together. */
const SLOW_MS = 1500;
const idle = { running: 0, waiting: 0, kvCacheUsage: 0, startedAt: 1_800_000_000 };
const ready = async (url: string): Promise<unknown> => (await (await fetch(`${url}/health`)).json()) as unknown;

describe("several copies of a model behind one address", () => {
  // documented: replicas-routing
  test("are an engine each: requests at once are spread over all of them, by vLLM's header", async () => {
    const { url, engines } = await startTestGateway({
      model: { replicasPerInstance: 4, maxRequestsPerEngine: 1 },
      engines: [{ load: { ...idle, copies: 4 }, firstByteMs: SLOW_MS }],
    });
    await eventually(async () => expect(JSON.stringify(await ready(url))).toContain('"ready":4'));
    const responses = await Promise.all(Array.from({ length: 4 }, () => post(url, "/v1/completions", completion())));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const ranks = engines[0]!.received.map(({ headers }) => headers[RANK]);
    expect(ranks.sort()).toEqual(["0", "1", "2", "3"]);
  });

  test("get the next turn of a conversation where its prompt was computed", async () => {
    const { url, engines } = await startTestGateway({
      model: { replicasPerInstance: 4 },
      engines: [{ load: { ...idle, copies: 4 } }],
    });
    await eventually(async () => expect(JSON.stringify(await ready(url))).toContain('"ready":4'));
    const prompt = (name: string) => `${name} ${"has a long history of turns. ".repeat(60)}`;
    for (const name of ["Ada", "Ben", "Ada", "Ben", "Ada"])
      expect((await post(url, "/v1/completions", completion({ prompt: prompt(name) }))).status).toBe(200);
    const of = (name: string) =>
      new Set(engines[0]!.received.filter(({ text }) => text.includes(name)).map(({ headers }) => headers[RANK]));
    expect(of("Ada").size).toBe(1);
    expect(of("Ben").size).toBe(1);
  });

  test("are only those that the server has: an instance of before the change gets requests for its first one alone", async () => {
    const { url, engines } = await startTestGateway({
      model: { replicasPerInstance: 4, maxRequestsPerEngine: 1 },
      engines: [
        { load: idle, firstByteMs: SLOW_MS },
        { load: { ...idle, copies: 4 }, firstByteMs: SLOW_MS },
      ],
    });
    await eventually(async () => expect(JSON.stringify(await ready(url))).toContain('"ready":5'));
    const responses = await Promise.all(Array.from({ length: 5 }, () => post(url, "/v1/completions", completion())));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(engines[0]!.received.map(({ headers }) => headers[RANK])).toEqual(["0"]);
    expect(engines[1]!.received).toHaveLength(4);
  });

  test("have no header where there is one copy", async () => {
    const { url, engines } = await startTestGateway();
    await post(url, "/v1/completions", completion());
    expect(engines[0]!.received[0]!.headers).not.toHaveProperty(RANK);
  });
});
