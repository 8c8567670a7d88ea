import { expect, test } from "vitest";
import { chat, completion, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

const path = {
  path: "/v1/models",
  since: "2026-01-01",
  sunset: "2027-01-31",
  link: "https://example.com/models",
  replacement: "/v2/models",
};
const field = {
  path: "/v1/completions",
  field: "suffix",
  since: "2026-02-01",
  link: "https://example.com/s",
  replacement: "chat",
};

// documented: deprecation-headers
test("a deprecated path has headers for since when, until when and the documentation, on errors too", async () => {
  const { url } = await startTestGateway({ deprecations: [path] });
  const headers = { origin: "https://page.example.com" };
  for (const response of [
    await fetch(`${url}/v1/models`, { headers }),
    await fetch(`${url}/v1/models`, { method: "PUT", headers }),
  ]) {
    expect(response.headers.get("deprecation")).toBe("@1767225600");
    expect(response.headers.get("sunset")).toBe("Sun, 31 Jan 2027 23:59:59 GMT");
    expect(response.headers.get("link")).toBe('<https://example.com/models>; rel="deprecation"; type="text/html"');
    expect(response.headers.get("access-control-expose-headers")).toContain("deprecation");
  }
  expect((await post(url, "/v1/completions", completion())).headers.get("deprecation")).toBeNull();
});

test("a deprecated field is announced to those that send it, streams included", async () => {
  const { url } = await startTestGateway({ deprecations: [field] });
  const send = async (fields: object) =>
    (await post(url, "/v1/completions", completion(fields as Record<string, unknown>))).headers.get("deprecation");
  expect(await send({ suffix: "b" })).toBe("@1769904000");
  expect(await send({ suffix: "b", stream: true })).toBe("@1769904000");
  expect(await send({ suffix: null })).toBeNull();
  expect(await send({})).toBeNull();
});

// documented: deprecated-fields
test("vLLM's old fields reach the engine under their new name, and are announced", async () => {
  const { url, engines } = await startTestGateway();
  const response = await post(url, "/v1/chat/completions", chat({ guided_choice: ["a", "b"] }));
  expect(response.status).toBe(200);
  expect(response.headers.get("sunset")).toBe("Wed, 30 Jun 2027 23:59:59 GMT");
  expect(engines[0]?.received[0]?.body).toEqual(chat({ structured_outputs: { choice: ["a", "b"] } }));
});

test("another version, or none, is 404 and names the one there is", async () => {
  const { url } = await startTestGateway();
  const messages = await Promise.all(
    ["/v2/chat/completions", "/v9/nothing", "/chat/completions", "/models", "/v1/nothing", "/v10"].map(
      async (unknown) => (await errorOf(await post(url, unknown, {}), 404, "not_found")).message,
    ),
  );
  expect(messages).toEqual([
    "The API has no version v2; it has /v1. Use /v1/chat/completions.",
    "The API has no version v9; it has /v1.",
    "The path names no version of the API. Use /v1/chat/completions.",
    "The path names no version of the API. Use /v1/models.",
    "There is nothing at this path. See the API reference for the paths that exist.",
    "The API has no version v10; it has /v1.",
  ]);
});
