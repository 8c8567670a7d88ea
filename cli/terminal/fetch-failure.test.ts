import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { fetchFailure } from "./fetch-failure.ts";

const failureOf = (url: string, init?: RequestInit) =>
  fetch(url, init).then(
    () => "no failure",
    (error: unknown) => fetchFailure(error),
  );

test.each([
  ["http://127.0.0.1:1", "its port is reserved for another protocol"],
  ["http://does-not-exist.invalid", "ENOTFOUND"],
])("%s is %s", async (url, expected) => {
  expect([expected, "EAI_AGAIN"]).toContain(await failureOf(url));
});

test("an address where nothing listens is ECONNREFUSED", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  expect(await failureOf(`http://127.0.0.1:${port}`)).toBe("ECONNREFUSED");
});

test("a header that can't be sent is not repeated", async () => {
  const headers = { authorization: "Bearer sk-first\nsecond" };
  expect(await failureOf("http://127.0.0.1:9", { headers })).toBe("the request can't be sent");
});

test("a time limit", async () => {
  const signal = AbortSignal.timeout(0);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await failureOf("http://127.0.0.1:9", { signal })).toBe("no response in time");
});
