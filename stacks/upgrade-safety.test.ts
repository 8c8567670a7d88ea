import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { describe, expect, test } from "vitest";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { type SynthesizedStack, synthConstruct } from "../test-support/synth.ts";
import releasedApi from "./released/api.json" with { type: "json" };
import releasedResources from "./released/resources.json" with { type: "json" };
import waivers from "./released/waivers.json" with { type: "json" };
import { environmentSynth } from "./test/environment-synth.ts";
import { type ApiContract, apiProblems } from "./upgrade/api-contract.ts";
import { currentApi, currentStacks } from "./upgrade/current.ts";
import { upgradeFailures, type Waiver } from "./upgrade/problem.ts";
import {
  type RecordedStack,
  recordedStack,
  resourceProblems,
  type SynthesizedParts,
} from "./upgrade/recorded-resources.ts";

const recorded: Readonly<Record<string, RecordedStack>> = releasedResources.stacks as Record<string, RecordedStack>;
const api = releasedApi as unknown as ApiContract;
const synth = environmentSynth();
const environments = await Promise.all(environmentNames().map(loadEnvironment));

/** Problems of an upgrade from the last release to the current code. */
function problemsNow() {
  return environments.flatMap((environment) => {
    const synthesized: Readonly<Record<string, SynthesizedParts>> = synth(environment);
    const current = currentStacks(environment, synthesized);
    return Object.entries(recorded)
      .filter(([name]) => name.startsWith(`${environment.name}-`))
      .flatMap(([name, released]) =>
        resourceProblems({
          name,
          released,
          current: current[name] ?? { state: "nowhere", resources: {} },
          synthesized: synthesized[name] ?? {},
        }),
      );
  });
}

describe(`an upgrade from ${releasedResources.version}`, () => {
  test("destroys and replaces no resource with data, and breaks no caller", () => {
    const problems = [...problemsNow(), ...apiProblems(api, currentApi())];
    expect(upgradeFailures(problems, waivers as readonly Waiver[])).toEqual([]);
  });

  test("is checked for every table, bucket, key and public address of dev and prod", () => {
    const addresses = Object.values(recorded).flatMap(({ resources }) => Object.keys(resources));
    expect(addresses).toEqual(
      expect.arrayContaining([
        "aws_dynamodb_table.Keys",
        "aws_kms_key.EncryptionKey",
        "aws_api_gateway_rest_api.Api",
        "aws_cloudfront_distribution.Site",
      ]),
    );
    expect(addresses.filter((address) => address.startsWith("aws_s3_bucket.State_Bucket"))).toHaveLength(2);
  });

  test("an operator's own names in an environment file are no change of the release", () => {
    const [environment] = environments;
    if (!environment) throw new Error("there is no environment");
    const renamed = { ...environment, state: { ...environment.state, bucket: "acme-states", lockTable: "acme-locks" } };
    const current = currentStacks(renamed, synth(renamed));
    expect(current[`${environment.name}-bootstrap`]).toEqual(recorded[`${environment.name}-bootstrap`]);
  });
});

/** A table as the real synth writes it. */
const table = (id: string, name = "t-keys", moveFrom?: string): SynthesizedStack =>
  synthConstruct((scope) => {
    const made = new DynamodbTable(scope, id, { name, hashKey: "keyId", attribute: [{ name: "keyId", type: "S" }] });
    if (moveFrom !== undefined) made.moveFromId(moveFrom);
  });
const released = recordedStack(table("Keys"), {});
const compare = (synthesized: SynthesizedParts) =>
  resourceProblems({ name: "dev-data", released, current: recordedStack(synthesized, {}), synthesized });

describe("a stateful resource", () => {
  test("that is renamed in code would be destroyed, and the failure has the steps to move it", () => {
    const [failure] = upgradeFailures(compare(table("KeysTable")), []);
    expect(failure).toMatch(/aws_dynamodb_table\.Keys of dev-data is in the last release and gone now: .*destroy/);
    expect(failure).toMatch(
      /resource\.moveTo.*resource\.importFrom.*waivers\.json: "dev-data aws_dynamodb_table\.Keys"/,
    );
  });

  test("that is moved to its new name is no problem", () => {
    expect(compare(table("KeysTable", "t-keys", "aws_dynamodb_table.Keys"))).toEqual([]);
  });

  test("that is moved and gets another table name would still be replaced", () => {
    const [problem] = compare(table("KeysTable", "t-keys-2", "aws_dynamodb_table.Keys"));
    expect(problem?.text).toMatch(/name was t-keys and is t-keys-2: an apply would replace the resource/);
  });

  test("that OpenTofu only forgets, for another stack to import, is no problem", () => {
    const removed = [{ from: "aws_dynamodb_table.Keys", lifecycle: { destroy: false } }];
    expect(compare({ ...table("Other"), removed })).toEqual([]);
    expect(compare({ ...table("Other"), removed: [{ from: "aws_dynamodb_table.Keys" }] })).toHaveLength(1);
  });

  test("whose state has another location would be created again", () => {
    const problems = resourceProblems({
      name: "dev-data",
      released: { ...released, state: "dev/data.tfstate" },
      current: { ...released, state: "dev/store.tfstate" },
      synthesized: {},
    });
    expect(problems.map(({ text }) => text)).toEqual([expect.stringMatching(/moved from dev\/data\.tfstate to/)]);
  });
});

describe("the API's contract", () => {
  const now = currentApi();
  const without = (shapes: ApiContract["requests"], name: string, path: string) => ({
    ...shapes,
    [name]: Object.fromEntries(Object.entries(shapes[name] ?? {}).filter(([field]) => field !== path)),
  });
  const withField = (shapes: ApiContract["requests"], name: string, path: string, type: string) => ({
    ...shapes,
    [name]: { ...shapes[name], [path]: type },
  });
  const chat = "POST /v1/chat/completions";
  const { [chat]: _, ...otherOperations } = now.operations;
  const operation = now.operations[chat] ?? { response: "", statuses: "" };
  const withStatuses = (statuses: string) => ({ ...now.operations, [chat]: { ...operation, statuses } });

  test("compared with itself has no problem", () => {
    expect(apiProblems(now, now)).toEqual([]);
  });

  test.each([
    ["an operation is gone", { ...now, operations: otherOperations }, `${chat} is in the last release and gone now`],
    [
      "a response status is no longer declared",
      { ...now, operations: withStatuses(operation.statuses.replace("429 ", "")) },
      `${chat} no longer declares the status 429`,
    ],
    [
      "a field is no longer accepted",
      { ...now, requests: without(now.requests, "ChatCompletionRequest", "temperature") },
      `${chat} no longer accepts temperature`,
    ],
    [
      "a field is now required",
      { ...now, requests: withField(now.requests, "ChatCompletionRequest", "user", "string!") },
      `${chat} needs user now`,
    ],
    [
      "a new field is required",
      { ...now, requests: withField(now.requests, "ChatCompletionRequest", "tenant", "string!") },
      `${chat} needs tenant now`,
    ],
    [
      "null is no longer accepted",
      { ...now, requests: withField(now.requests, "ChatCompletionRequest", "temperature", "number") },
      `${chat} no longer accepts null as temperature`,
    ],
    [
      "a role is no longer accepted",
      { ...now, requests: withField(now.requests, "ChatCompletionRequest", "messages[].role", '"user"!') },
      'no longer accepts "assistant" or',
    ],
    [
      "a response's field is gone",
      { ...now, responses: without(now.responses, "ChatCompletionResponse", "choices[].message") },
      `${chat} no longer responds with choices[].message`,
    ],
    [
      "a response's field may be missing",
      { ...now, responses: withField(now.responses, "ChatCompletionResponse", "id", "string") },
      `${chat} may omit id now`,
    ],
    [
      "an event's field has another type",
      { ...now, responses: withField(now.responses, "ChatCompletionChunk", "created", "string!") },
      "created of ChatCompletionChunk may be string now",
    ],
  ] as const)("when %s, the failure says so", (_case, changed, expected) => {
    const failures = upgradeFailures(apiProblems(now, changed), []);
    expect(failures.join("\n")).toContain(expected);
    expect(failures.length).toBeGreaterThan(0);
  });

  test.each([
    ["an optional field", { ...now, requests: withField(now.requests, "ChatCompletionRequest", "tenant", "string") }],
    [
      "a new object with a required field inside",
      {
        ...now,
        requests: {
          ...now.requests,
          ChatCompletionRequest: { ...now.requests.ChatCompletionRequest, audio: "object", "audio.format": "string!" },
        },
      },
    ],
    [
      "a field in responses",
      { ...now, responses: withField(now.responses, "ChatCompletionResponse", "tier", "string!") },
    ],
    ["a response's status", { ...now, operations: withStatuses(`${operation.statuses} 507`) }],
  ] as const)("may grow by %s", (_case, grown) => {
    expect(apiProblems(now, grown)).toEqual([]);
  });
});

describe("a waiver", () => {
  const problems = compare(table("KeysTable"));
  const waiver = {
    id: "dev-data aws_dynamodb_table.Keys",
    reason: "The table is empty in every installation; its keys moved to another one.",
    date: "2026-11-22",
  };

  test("with reason and date waives its problem and no other", () => {
    expect(upgradeFailures(problems, [waiver])).toEqual([]);
    expect(upgradeFailures(problems, [{ ...waiver, id: "dev-data aws_dynamodb_table.Other" }])).toHaveLength(2);
  });

  test("without them is refused", () => {
    expect(upgradeFailures(problems, [{ ...waiver, reason: "because" }])).toEqual([
      expect.stringMatching(/needs a reason of at least 20 characters/),
    ]);
    expect(upgradeFailures(problems, [{ ...waiver, date: "soon" }])).toHaveLength(1);
  });

  test("that waives nothing is refused", () => {
    expect(upgradeFailures([], [waiver])).toEqual([expect.stringMatching(/waives nothing; remove it/)]);
  });
});
