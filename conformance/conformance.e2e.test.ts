import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { CONTROL_OPERATIONS } from "../contracts/control/operations/operations.ts";
import { StartedStack } from "../test-support/started-stack.ts";
import { ApiDocument } from "./api-document.ts";
import { batchResponses } from "./batch-responses.ts";
import { controlProblems, unservedOperations } from "./control-operations.ts";
import { failedScenarios } from "./expectation.ts";
import { publishedDocuments } from "./published-documents.ts";
import { Recorder } from "./recorder.ts";
import { RUNNERS, runScenarios } from "./runners.ts";
import { Scenario } from "./scenario.ts";

/** The official SDKs, as published, against the whole local stack with a real model. */
const scenarios = z
  .array(Scenario)
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "scenarios.json"), "utf8")));
const prepared = await Promise.all(RUNNERS.map(async (runner) => ({ runner, ...(await runner.prepare()) })));
const published = await publishedDocuments();
const counts: string[] = [];
let stack: StartedStack;
let recorder: Recorder;
let key: string;

beforeAll(async () => {
  // Like dev, with limits that four runners beside each other don't reach.
  stack = await StartedStack.start("--environment", join(import.meta.dirname, "environment", "dev.ts"));
  recorder = await Recorder.start(stack.state.apiUrl);
  const { output } = await stack.run("cli/sluice.ts", "keys", "create", "--name", "conformance");
  key = output.split("\n")[0] ?? "";
});
afterAll(async () => {
  await recorder?.stop();
  await stack?.stop();
  stack?.remove();
  for (const line of counts) console.log(line);
});

type Prepared = (typeof prepared)[number];

const scenariosOf = ({ runner }: Prepared, alone: boolean) =>
  scenarios.filter((scenario) => runner.sdks.includes(scenario.sdk) && scenario.alone === alone);

/** Runs scenarios with a runner. @returns every difference between a result and what its scenario expects */
async function problemsWith(command: readonly string[], own: readonly Scenario[]): Promise<readonly string[]> {
  const results = await runScenarios(command, { baseUrl: recorder.url, key, scenarios: own });
  return failedScenarios(own, results).flatMap(({ id, problems }) => problems.map((problem) => `${id}: ${problem}`));
}

/** Notes how many scenarios had the expected result. */
function count(language: string, own: readonly Scenario[], problems: readonly string[]): void {
  const failed = new Set(problems.map((problem) => problem.split(":")[0])).size;
  counts.push(`conformance: ${language} ${own.length - failed} of ${own.length}`);
}

// Beside each other: most of a runner's time is waiting for its batches.
for (const each of prepared) {
  const { language } = each.runner;
  const own = scenariosOf(each, false);
  describe.concurrent(`the official SDKs for ${language}`, () => {
    test(`run all of ${own.length} scenarios`, async ({ skip, expect }) => {
      if ("missing" in each) return skip(each.missing);
      const problems = await problemsWith(each.command, own);
      count(language, own, problems);
      expect(problems).toEqual([]);
    }, 240_000);
  });
}

for (const each of prepared) {
  const { language } = each.runner;
  const own = scenariosOf(each, true);
  describe(`the official SDKs for ${language}`, () => {
    test(`run each scenario that needs the engine for itself (${own.length})`, async ({ skip }) => {
      if ("missing" in each) return skip(each.missing);
      expect(own).not.toEqual([]);
      const problems = await problemsWith(each.command, own);
      count(`${language}, alone,`, own, problems);
      expect(problems).toEqual([]);
    });
  });
}

describe("the official SDK for Python", () => {
  // documented: control-api-in-python
  test("calls each operation of the control API", async ({ skip }) => {
    const python = prepared.find(({ runner }) => runner.language === "Python");
    if (python === undefined || "missing" in python) return skip(python?.missing ?? "there is no runner");
    const problems = await controlProblems(python.command, stack, recorder.url);
    expect(problems).toEqual([]);
    expect(unservedOperations(recorder.exchanges)).toEqual([]);
    counts.push(`conformance: Python ${Object.keys(CONTROL_OPERATIONS).length} operations of the control API`);
  });
});

/** Validates every request and response that a document describes. */
async function check(name: string, document: ApiDocument): Promise<readonly string[]> {
  const responses = [...recorder.exchanges, ...batchResponses(recorder.exchanges)];
  const described = responses.filter((exchange) => document.describes(exchange));
  const found = await Promise.all(described.map((exchange) => document.check(exchange)));
  const documents = found.reduce((sum, each) => sum + each.documents, 0);
  counts.push(`conformance: ${documents} documents of ${described.length} exchanges held against ${name}`);
  expect(documents).toBeGreaterThan(0);
  return [...new Set(found.flatMap(({ problems }) => problems))];
}

describe("requests and responses of the SDKs", () => {
  test("match OpenAI's and Anthropic's own documents", async ({ skip }) => {
    if ("missing" in published) return skip(published.missing);
    expect(await check("OpenAI's document", published.openai)).toEqual([]);
    expect(await check("Anthropic's document", published.anthropic)).toEqual([]);
  });

  // documented: service-matches-document
  test("match the service's own /openapi.json", async () => {
    const document = z
      .record(z.string(), z.unknown())
      .parse(await (await fetch(`${stack.state.apiUrl}/openapi.json`)).json());
    if (!("missing" in published)) expect(published.complaintsAbout(document)).toBe("");
    const own = new ApiDocument(document, {
      events: {
        "/v1/completions": "CompletionResponse",
        "/v1/chat/completions": "ChatCompletionChunk",
        "/v1/responses": "ResponseEvent",
        "/v1/messages": "MessageEvent",
      },
    });
    expect(await check("the service's own document", own)).toEqual([]);
  });
});
