import { describe, expect, test } from "vitest";
import { PROVIDER_DIALECT_NAMES } from "../../../contracts/targets/provider-dialects.ts";
import { recordedResponses, recordedTexts } from "../../test/recorded-responses.ts";
import { CLIENTS, relayed, responseFor } from "../../test/replay-recorded.ts";

// The responses are written after the providers' API references, in the shapes of the real services: no account was used.
const recorded = recordedResponses();
const streams = recorded.filter(({ isStream }) => isStream);

/** Streams of OpenAI's dialect that chat clients get otherwise than the server wrote them. */
const UNSOUND = new Set([
  "stream-call-without-id",
  "stream-calls-at-one-index",
  "stream-calls-without-index",
  "stream-done-with-id",
  "stream-error",
  "stream-error-about-account",
  "stream-error-content-filter",
  "stream-error-first",
  "stream-function-call",
  "stream-text-in-parts",
  "stream-tool-call-at-stop",
  "stream-truncated",
  "stream-without-done",
  "vllm-stream-error",
  "vllm-stream-truncated",
]);

const titled = (of: typeof recorded) => of.map((one) => [`${one.provider}/${one.name}`, one] as const);

test.each(PROVIDER_DIALECT_NAMES)("%s has at least 15 recorded responses, whole ones, streams and errors", (name) => {
  const own = recorded.filter(({ provider }) => provider === name);
  expect(own.length).toBeGreaterThanOrEqual(15);
  expect(own.some(({ isStream }) => isStream)).toBe(true);
  expect(own.some(({ status }) => status === 200)).toBe(true);
  expect(own.some(({ status }) => status >= 500)).toBe(true);
});

describe("a recorded response", () => {
  test.each(titled(recorded))("%s is what clients are expected to get, in every client dialect", (_title, one) => {
    const clients = one.status === 200 ? CLIENTS : (["chat"] as const);
    const got = Object.fromEntries(clients.map((client) => [client, responseFor(one, client)]));
    expect(JSON.parse(JSON.stringify(got))).toEqual(one.expected);
  });

  const ofOpenAi = streams.filter(({ provider }) => provider === "openai");
  test.each(titled(ofOpenAi))("%s reaches chat clients byte for byte where it is sound", (_title, one) => {
    const isSound = !UNSOUND.has(one.name);
    expect(relayed(one, "chat", []).text === one.body.toString("utf8")).toBe(isSound);
  });

  test.each(titled(streams))("%s is counted alike for the clients of every dialect", (_title, one) => {
    const { facts } = relayed(one, "chat", []);
    for (const client of CLIENTS) expect(relayed(one, client, []).facts, client).toEqual(facts);
  });

  test.each(titled(streams))("%s is the same wherever its bytes are cut", (_title, one) => {
    const everyByte = Array.from({ length: one.body.length - 1 }, (_, index) => index + 1);
    for (const client of CLIENTS) {
      const whole = relayed(one, client, []);
      expect(relayed(one, client, everyByte), `${client}, byte by byte`).toEqual(whole);
      // Other client dialects are encoded from chat events: where those are cut depends on the same positions.
      const cuts = client === "chat" ? everyByte : everyByte.filter((cut) => cut % 7 === 0);
      for (const cut of cuts) {
        const { text } = relayed(one, client, [cut]);
        if (text !== whole.text) expect(text, `${client}, cut at byte ${cut}`).toBe(whole.text);
      }
    }
  });
});

test.each(
  recordedTexts()
    .filter(({ isStream }) => isStream)
    .map((one) => [one.name, one] as const),
)("a stream of completions, %s, reaches its client byte for byte wherever it is cut", (_title, one) => {
  const text = one.body.toString("utf8");
  for (let cut = 1; cut < one.body.length; cut++) expect(relayed(one, "chat", [cut]).text, `cut at ${cut}`).toBe(text);
});
