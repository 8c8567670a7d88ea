import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { engineLoad, requestsIn } from "./engine-load.ts";

async function serve(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => void response.writeHead(status).end(body));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const METRICS = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="phi"} 2.0
vllm:num_requests_waiting{engine="0",model_name="phi"} 3.0
vllm:num_requests_running{engine="1",model_name="phi"} 1.0
vllm:num_requests_waiting_by_reason{engine="0"} 50.0
`;

describe("an engine's load", () => {
  test("is the sum of running and waiting requests over all series", () => {
    expect(requestsIn(METRICS)).toBe(6);
    expect(requestsIn("vllm:num_requests_running 0\n")).toBe(0);
  });

  test("is unknown where the metrics have neither, or no number", () => {
    expect(requestsIn("up 1\n")).toBeUndefined();
    expect(requestsIn("vllm:num_requests_running many\n")).toBeUndefined();
  });

  test("comes from its /metrics, and is unknown when the status is not 200", async () => {
    expect(await engineLoad(await serve(200, METRICS))).toBe(6);
    expect(await engineLoad(await serve(500, METRICS))).toBeUndefined();
    expect(await engineLoad("http://127.0.0.1:1")).toBeUndefined();
  });
});
