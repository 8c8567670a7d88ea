import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ERRORS } from "../../../contracts/api/errors.ts";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { CLIENT_BODIES, CLIENT_PATHS } from "../../test/dialect-features.ts";
import { type DialectGateway, startDialectGateway } from "../../test/dialect-gateway.ts";
import { type HttpRecord, recordedResponses, recordedTexts } from "../../test/recorded-responses.ts";
import { RESPONSE_FEATURES } from "../../test/response-matrix/feature-sources.ts";
import { wordFor } from "../../test/response-matrix/judge.ts";
import type { Source } from "../../test/response-matrix/source.ts";
import { CLIENT_NAMES, type ClientName, TARGET_KINDS, type TargetKind } from "../matrix.ts";
import { type Cell, RESPONSE_FEATURE_NAMES, type ResponseFeature, type ResponseWord } from "./features.ts";
import { RESPONSE_MATRIX, responseMatrixText } from "./response-matrix.ts";

const RECORDS: ReadonlyMap<string, HttpRecord> = new Map([
  ...recordedResponses().map((record) => [`${record.provider}/${record.name}`, record] as const),
  ...recordedTexts().map((record) => [`texts/${record.name}`, record] as const),
]);

/** The prompt names the recorded response that the target shall send. */
const prompt = (key: string) => `record=${key}.`;
const BODIES: Readonly<Record<ClientName, (key: string) => Readonly<Record<string, unknown>>>> = {
  chat: (key) => ({ messages: [{ role: "user", content: prompt(key) }] }),
  completions: (key) => ({ prompt: prompt(key) }),
  responses: (key) => ({ input: prompt(key) }),
  messages: (key) => ({ messages: [{ role: "user", content: prompt(key) }] }),
};

async function startRecordGateway(): Promise<DialectGateway> {
  // Few probes: on a busy machine one that is late takes the engine out for a moment.
  const gateway = await startDialectGateway({ probeMs: 1000 });
  await eventually(async () => expect((await fetch(`${gateway.url}/health`)).status).toBe(200));
  gateway.script(({ text }) => {
    const { status, headers, body } = recordOf(/record=([\w/-]+)\./.exec(text)?.[1] ?? "");
    return { status, headers, body };
  });
  return gateway;
}

function recordOf(key: string): HttpRecord {
  const record = RECORDS.get(key);
  if (record === undefined) throw new Error(`There is no recorded response ${key}; add it, or name another.`);
  return record;
}

function keyOf(client: ClientName, target: TargetKind, name: string): string {
  const isText = client === "completions" && !name.includes("error-");
  return isText ? `texts/${name}` : `${target === "vllm" ? "openai" : target}/${name}`;
}

interface At {
  readonly client: ClientName;
  readonly target: TargetKind;
  readonly feature: ResponseFeature;
}

/** What the gateway does with a feature of one target's responses, whole and streamed. */
async function cellOf(gateways: Gateways, at: At): Promise<Cell> {
  const source = sourceOf(at);
  if (source === undefined) return "none";
  const words: ResponseWord[] = [];
  if (source.whole !== undefined) words.push(await wordOf(gateways.whole, at, source, { name: source.whole }));
  if (source.streamed !== undefined)
    words.push(await wordOf(gateways.streamed, at, source, { name: source.streamed, stream: true }));
  const [first = "none", second = first] = words;
  return first === second ? first : [first, second];
}

function sourceOf({ client, target, feature }: At): Source | undefined {
  const { chat, completions } = RESPONSE_FEATURES[feature];
  if (client !== "completions") return chat[target];
  return target === "openai" || target === "vllm" ? completions?.[target] : undefined;
}

async function wordOf(
  gateway: DialectGateway,
  at: At,
  source: Source,
  { name, stream = false }: { readonly name: string; readonly stream?: boolean },
): Promise<ResponseWord> {
  const { client, target, feature } = at;
  const key = keyOf(client, target, name);
  const isOpenAi = client === "chat" || client === "completions";
  const got = await gateway.request(target, CLIENT_PATHS[client], {
    ...CLIENT_BODIES[client],
    ...BODIES[client](key),
    ...(stream ? { stream } : {}),
    ...(stream && isOpenAi ? { stream_options: { include_usage: true } } : {}),
  });
  return wordFor({ ...at, sources: RESPONSE_FEATURES[feature], source, record: recordOf(key), got });
}

/** One for each kind of request where an error pauses the target, which would end the other kind too. */
interface Gateways {
  readonly whole: DialectGateway;
  readonly streamed: DialectGateway;
}

/** Targets that serve a client's endpoint. */
function targetsOf(client: ClientName): readonly TargetKind[] {
  return client === "completions" ? ["openai", "vllm"] : TARGET_KINDS;
}

const PAIRS = CLIENT_NAMES.flatMap((client) => targetsOf(client).map((target) => [client, target] as const));

function featuresOf(client: ClientName): readonly ResponseFeature[] {
  return RESPONSE_FEATURE_NAMES.filter(
    (feature) => client !== "completions" || RESPONSE_FEATURES[feature].completions !== undefined,
  );
}

/** Whether what comes of it is an error, which counts against the target. */
function isError(feature: ResponseFeature): boolean {
  return Object.values(RESPONSE_FEATURES[feature].chat).some(({ value }) => Object.hasOwn(ERRORS, String(value)));
}

const ERRORS_OF_TARGETS = RESPONSE_FEATURE_NAMES.filter(isError);

describe("the matrix of responses", () => {
  test.each(PAIRS)("is what a client of %s gets of each feature of %s", async (client, target) => {
    const gateway = await startRecordGateway();
    const features = featuresOf(client).filter((feature) => !isError(feature));
    const real: [ResponseFeature, Cell][] = [];
    for (const feature of features)
      real.push([feature, await cellOf({ whole: gateway, streamed: gateway }, { client, target, feature })]);
    const position = TARGET_KINDS.indexOf(target);
    const declared = features.map((feature) => [feature, RESPONSE_MATRIX[client][feature]?.[position]]);
    expect(Object.fromEntries(real)).toEqual(Object.fromEntries(declared));
  });

  // All clients at once: most of the time is the gateway's wait before it sends a refused request again.
  test.each(ERRORS_OF_TARGETS)("is what every client gets of every target for this: %s", async (feature) => {
    const clients = CLIENT_NAMES.filter((client) => featuresOf(client).includes(feature));
    const real = clients.map(async (client): Promise<readonly [ClientName, readonly Cell[]]> => {
      const gateways = { whole: await startRecordGateway(), streamed: await startRecordGateway() };
      const cells = targetsOf(client).map((target) => cellOf(gateways, { client, target, feature }));
      return [client, await Promise.all(cells)];
    });
    const declared = clients.map((client) => [
      client,
      targetsOf(client).map((target) => RESPONSE_MATRIX[client][feature]?.[TARGET_KINDS.indexOf(target)]),
    ]);
    expect(declared.length).toBeGreaterThan(2);
    expect(await Promise.all(real)).toEqual(declared);
  });

  test("has a row for every feature that a client's endpoint can have, and for no other", () => {
    for (const client of CLIENT_NAMES) expect(Object.keys(RESPONSE_MATRIX[client])).toEqual([...featuresOf(client)]);
  });

  test.each(["anthropic", "bedrock", "gemini"] as const)(
    "has no response of completions at %s, whose requests are refused",
    async (target) => {
      const gateway = await startRecordGateway();
      const { status, received } = await gateway.request(target, "/v1/completions", { prompt: "Hi" });
      expect([status, received]).toEqual([400, undefined]);
      const position = TARGET_KINDS.indexOf(target);
      for (const row of Object.values(RESPONSE_MATRIX.completions)) expect(row[position]).toBe("refused");
    },
  );

  test("is on its page as it is in the code", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/dialects.md"), "utf8");
    expect(page).toContain(responseMatrixText());
  });
});
