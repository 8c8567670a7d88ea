import { createServer, type Server } from "node:http";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { completeLaunch } from "./complete-launch.ts";
import { readInstanceId } from "./instance-id.ts";

const launch = { groupName: "sluice-dev-gateway", hookName: "gateway-ready" };
const OK = "<CompleteLifecycleActionResponse><CompleteLifecycleActionResult/></CompleteLifecycleActionResponse>";
const error = (message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`;

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

/** Auto Scaling's API, with these responses one after the other, and instance metadata. */
async function aws(responses: readonly (readonly [number, string])[]) {
  const calls: URLSearchParams[] = [];
  const endpoint = await listening(
    createServer((request, response) => {
      let body = "";
      request.on("data", (part) => {
        body += part;
      });
      request.on("end", () => {
        const [status, text] = responses[Math.min(calls.length, responses.length - 1)] ?? [500, ""];
        calls.push(new URLSearchParams(body));
        response.writeHead(status, { "content-type": "text/xml" }).end(text);
      });
    }),
  );
  const metadataUrl = await listening(
    createServer(({ method, url, headers }, response) => {
      if (method === "PUT" && url === "/latest/api/token") return void response.end("the-token");
      const hasToken = headers["x-aws-ec2-metadata-token"] === "the-token";
      response.writeHead(hasToken ? 200 : 401).end(hasToken ? "i-0abc" : "");
    }),
  );
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const autoScaling = new AutoScalingClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  const lines: string[] = [];
  const logger = pino({}, { write: (line) => void lines.push(JSON.parse(line).msg) });
  const run = (instanceId?: string) =>
    completeLaunch({
      launch: { ...launch, instanceId },
      autoScaling,
      readInstanceId: () => readInstanceId(metadataUrl),
      logger,
      retryMs: 5,
    });
  return { calls, lines, run };
}

// documented: gateway-launch-hook
test("the launch hook is completed with the id that the instance's metadata has", async () => {
  const { calls, lines, run } = await aws([[200, OK]]);
  await run();
  expect(calls.map((call) => Object.fromEntries(call))).toEqual([
    expect.objectContaining({
      Action: "CompleteLifecycleAction",
      AutoScalingGroupName: "sluice-dev-gateway",
      LifecycleHookName: "gateway-ready",
      LifecycleActionResult: "CONTINUE",
      InstanceId: "i-0abc",
    }),
  ]);
  expect(lines).toEqual(["the launch is complete"]);
});

test("a call that fails is repeated until Auto Scaling accepts it", async () => {
  const refused = [403, error("not yet authorized")] as const;
  const { calls, lines, run } = await aws([refused, refused, [200, OK]]);
  await run("i-1");
  expect(calls.map((call) => call.get("InstanceId"))).toEqual(["i-1", "i-1", "i-1"]);
  expect(lines.at(-1)).toBe("the launch is complete");
  expect(lines).toHaveLength(3);
});

test("a gateway that was started again, for which no hook waits, asks once", async () => {
  const { calls, lines, run } = await aws([[400, error("No active Lifecycle Action found with instance ID i-1")]]);
  await run("i-1");
  expect(calls).toHaveLength(1);
  expect(lines).toEqual(["no launch hook waits"]);
});
