import { expect, onTestFinished, test } from "vitest";
import { outbound } from "../../test/dialect-cases.ts";
import { PROVIDERS } from "./provider-dialects.ts";

const CONTEXT = {
  region: "us-east-1",
  credentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" }),
  now: () => 0,
  newId: () => "id",
};
const LARGE = 4_000_000;
/** Ten pieces of 64 Ki characters, each in a turn of its own. */
const LEAST_TURNS = 5;

test.each(Object.entries(PROVIDERS))(
  "a large request to a provider of dialect %s is written while the thread does other work",
  async (_name, provider) => {
    const content = "\ud800".repeat(LARGE / 6);
    const request = outbound({ messages: [{ role: "user", content: [{ type: "text", text: content }] }] });
    let turns = 0;
    let isOver = false;
    onTestFinished(() => {
      isOver = true;
    });
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const { body } = await provider.create(CONTEXT).encode(request);
    expect(body.length).toBeGreaterThan(LARGE - 10);
    expect(turns).toBeGreaterThan(LEAST_TURNS);
    expect(JSON.stringify(JSON.parse(body.toString()))).toContain("\\ud800\\ud800");
  },
);

test("a small request is written at once, without a promise, where nothing is signed", () => {
  const request = outbound({ messages: [{ role: "user", content: "Hi" }] });
  for (const name of ["openai", "anthropic", "gemini"] as const)
    expect(PROVIDERS[name].create(CONTEXT).encode(request)).not.toBeInstanceOf(Promise);
});
