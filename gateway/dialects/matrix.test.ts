import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { CLIENT_BODIES, CLIENT_PATHS, REQUEST_FEATURES } from "../test/dialect-features.ts";
import { type DialectGateway, HELLO, json, startDialectGateway } from "../test/dialect-gateway.ts";
import {
  CLIENT_NAMES,
  type ClientName,
  matrixText,
  REQUEST_FEATURE_NAMES,
  REQUEST_MATRIX,
  type RequestFeature,
  TARGET_KINDS,
  type TargetKind,
  type Verdict,
} from "./matrix.ts";

const CHOICE = { index: 0, text: "Hello", logprobs: null, finish_reason: "stop" };
const COMPLETION = json({ id: "1", object: "text_completion", created: 1, model: "m", choices: [CHOICE] });

/** What the gateway really does with a feature, by what the target received. */
async function verdictOf(
  { request, script }: DialectGateway,
  client: ClientName,
  target: TargetKind,
  feature: RequestFeature,
): Promise<Verdict | undefined> {
  const { body, sign } = REQUEST_FEATURES[feature];
  const own = body[client];
  if (own === undefined) return undefined;
  script(client === "completions" ? COMPLETION : HELLO[target]);
  const sent = { ...CLIENT_BODIES[client], ...own };
  const { status, text, received } = await request(target, CLIENT_PATHS[client], sent);
  if (received === undefined) {
    expect([client, target, feature, status, text]).toEqual([client, target, feature, 400, expect.anything()]);
    // Each client finds the name of the field where its dialect has it.
    const { error } = JSON.parse(text);
    expect(error.param ?? error.details.param, `${client} at ${target}: ${feature}`).toMatch(/^\w[\w.[\]]*$/);
    return "refused";
  }
  expect([client, target, feature, status]).toEqual([client, target, feature, 200]);
  const isSame = Object.entries(sent).every(([name, value]) => isDeepStrictEqual(received.body[name], value));
  if (isSame) return "passed";
  return sign.test(received.text) ? "translated" : "omitted";
}

const PAIRS = CLIENT_NAMES.flatMap((client) => TARGET_KINDS.map((target) => [client, target] as const));

describe("the matrix of dialects", () => {
  test.each(PAIRS)("is what the gateway does with each feature of %s at %s", async (client, target) => {
    const gateway = await startDialectGateway();
    const real: Record<string, Verdict> = {};
    for (const feature of REQUEST_FEATURE_NAMES) {
      const verdict = await verdictOf(gateway, client, target, feature);
      if (verdict !== undefined) real[feature] = verdict;
    }
    const position = TARGET_KINDS.indexOf(target);
    const declared = Object.entries(REQUEST_MATRIX[client]).map(([feature, row]) => [feature, row[position]]);
    expect(real).toEqual(Object.fromEntries(declared));
  });

  test("is on its page as it is in the code", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/dialects.md"), "utf8");
    expect(page).toContain(matrixText());
  });
});
