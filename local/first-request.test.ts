import { describe, expect, onTestFinished, test } from "vitest";
import { startFakeServer } from "../test-support/fake-server.ts";
import { firstRequest } from "./first-request.ts";

const COMPLETION = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "tiny",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello!" }, finish_reason: "stop" }],
};

/** An API that gives these statuses one after another, the last one again and again. */
async function api(...statuses: readonly [number, ...number[]]) {
  let requests = 0;
  const server = await startFakeServer((_request, response) => {
    const status = statuses[requests++] ?? statuses.at(-1)!;
    const error = { error: { code: status === 503 ? "model_unavailable" : "invalid_api_key" } };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(status === 200 ? COMPLETION : error));
  });
  onTestFinished(() => server.stop());
  return { url: server.origin, requests: () => requests };
}

describe("the first request", () => {
  test("is sent again while the model is unavailable", async () => {
    const { url, requests } = await api(503, 503, 200);
    expect(await firstRequest(url, "tiny")).toBe("Hello!");
    expect(requests()).toBe(3);
  });

  test("is sent again after the time limits of API Gateway and of a function, which a slow machine exceeds", async () => {
    const { url, requests } = await api(504, 500, 200);
    expect(await firstRequest(url, "tiny")).toBe("Hello!");
    expect(requests()).toBe(3);
  });

  test("fails with the status and code when the model stays unavailable", async () => {
    const { url } = await api(503);
    const request = firstRequest(url, "tiny", { unavailableSeconds: 0.1 });
    await expect(request).rejects.toThrow("The first request got 503 model_unavailable.");
  });

  test("is sent again while a load balancer has no healthy target, and fails with that reason", async () => {
    let requests = 0;
    const server = await startFakeServer((_request, response) => {
      requests++;
      if (requests === 3) return void response.end(JSON.stringify(COMPLETION));
      response.writeHead(503, { "content-type": "text/html" }).end("<html>503 Service Temporarily Unavailable</html>");
    });
    onTestFinished(() => server.stop());
    expect(await firstRequest(server.origin, "tiny")).toBe("Hello!");
    await expect(firstRequest(server.origin, "tiny", { unavailableSeconds: 0.1 })).rejects.toThrow(
      "The first request got 503 from the load balancer, whose targets are not healthy",
    );
  });

  test("has no text where a key is required, and fails at once with a key that is refused", async () => {
    const { url, requests } = await api(401);
    expect(await firstRequest(url, "tiny")).toBeUndefined();
    await expect(firstRequest(url, "tiny", { key: "sk-slu-wrong" })).rejects.toThrow("401 invalid_api_key");
    expect(requests()).toBe(2);
  });
});
