import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { ApiDocument } from "../conformance/api-document.ts";
import { publishedDocuments } from "../conformance/published-documents.ts";
import { type LocalGateway, startLocalGateway } from "./local-gateway.ts";
import type { AgentProgram } from "./programs/program.ts";
import { PROGRAMS } from "./programs/programs.ts";
import { type ProgramRun, runProgram } from "./run-program.ts";
import { transcriptProblems } from "./transcript.ts";
import { ScriptedUpstream } from "./upstream/scripted-upstream.ts";

/**
 * Real programs as their users have them, with the settings of docs/clients.md, against the local stack: API Gateway's
 * twin, the gateway's bundle and an API key. A scripted upstream plays their models.
 */
const prepared = await Promise.all(PROGRAMS.map(async (program) => ({ program, installed: await program.prepare() })));
const published = await publishedDocuments();
/** Programs that run at once: they wait more than they compute. */
const AT_ONCE = 4;
const summary: string[] = [];
let upstream: ScriptedUpstream;
let gateway: LocalGateway;
let documents: readonly ApiDocument[];
const runs = new Map<string, Promise<ProgramRun>>();

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  gateway = await startLocalGateway(upstream.url, process.env.PATH ?? "");
  documents = [await ownDocument(), ...("missing" in published ? [] : [published.openai, published.anthropic])];
  startRuns();
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.stop();
  for (const line of summary) console.log(line);
});

const nameOf = (program: AgentProgram, model: string) => `${program.id} ${model}`;

/** Starts all runs, so many at once; each test waits for its own. */
function startRuns(): void {
  const waiting = prepared.flatMap(({ program, installed }) =>
    "missing" in installed ? [] : program.models.map((model) => ({ program, model, installed: installed.home })),
  );
  const lanes: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  for (const [index, { program, model, installed }] of waiting.entries()) {
    const lane = index % AT_ONCE;
    const run = (lanes[lane] ?? Promise.resolve()).then(async () =>
      runProgram(program, model, installed, { url: gateway.url, key: await gateway.createKey() }),
    );
    lanes[lane] = run.catch(() => undefined);
    runs.set(nameOf(program, model), run);
  }
}

async function ownDocument(): Promise<ApiDocument> {
  const response = await fetch(`${gateway.url}/openapi.json`);
  return new ApiDocument(z.record(z.string(), z.unknown()).parse(await response.json()), {
    events: {
      "/v1/chat/completions": "ChatCompletionChunk",
      "/v1/responses": "ResponseEvent",
      "/v1/messages": "MessageEvent",
    },
  });
}

describe.each(prepared.map((each) => ({ ...each, title: each.program.title })))("$title", ({ program, installed }) => {
  test.for(program.models)(
    "ends well with the model %s, without a refused request or an unknown event",
    { timeout: 420_000 },
    async (model, { skip }) => {
      if ("missing" in installed) return skip(installed.missing);
      const run = await runs.get(nameOf(program, model));
      if (run === undefined) throw new Error(`${nameOf(program, model)} was not started`);
      const { exchanges, seconds } = run;
      const limits = { maxRequests: program.maxRequests, failures: program.failures ?? 0 };
      summary.push(`agents: ${program.id} with ${model}: ${exchanges.length} requests in ${seconds.toFixed(1)} s`);
      expect(run.problems).toEqual([]);
      expect(await transcriptProblems(exchanges, limits, documents)).toEqual([]);
      expect(program.outsideHosts ?? []).toEqual(expect.arrayContaining([...run.hosts]));
    },
  );
});

test("the upstream could read every request", () => {
  expect(upstream.problems).toEqual([]);
});
