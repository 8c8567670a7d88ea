import { createServer } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { editJson, jsonReply } from "../aws-calls/call.ts";
import type { EmulatorPatch } from "../emulator-patches/emulator-patch.ts";
import { TESTBED_REGION } from "../tools/emulators.ts";
import { type CallRecord, startAwsProxy } from "./aws-proxy.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** An emulator that responds with its name and the request; it supports no operation whose name holds "Unknown". */
async function emulator(name: string): Promise<number> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const isUnknown = `${request.url}${body}`.includes("Unknown");
    response.writeHead(isUnknown ? 501 : 200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        name,
        url: request.url,
        body,
        host: request.headers.host,
        authorization: request.headers.authorization,
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  stops.push(() => new Promise((resolve) => server.close(() => resolve())));
  return (server.address() as { port: number }).port;
}

async function awsProxy(patches: readonly EmulatorPatch[] = []) {
  const log: CallRecord[] = [];
  const proxy = await startAwsProxy({
    region: "eu-west-1",
    ports: { moto: await emulator("moto"), ministack: await emulator("ministack") },
    patches,
    log: (record) => log.push(record),
  });
  stops.push(() => proxy.stop());
  const call = async (
    service: string,
    body: string,
    headers: Record<string, string> = {},
    path = "/",
    region = "us-east-1",
  ) => {
    const scope = `AWS4-HMAC-SHA256 Credential=1/20260101/${region}/${service}/aws4_request, Signature=0`;
    const response = await fetch(`${proxy.url}${path}`, {
      method: "POST",
      headers: { ...(service ? { authorization: scope } : {}), ...headers },
      body,
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  return { proxy, log, call };
}

const FORM = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

/** Node's server names the seconds after which it closes a connection without requests, unless there is no such time. */
test("the proxy closes no connection because it is idle", async () => {
  const { proxy } = await awsProxy();
  const response = await fetch(proxy.url, { method: "POST", body: "{}" });
  expect(response.headers.get("keep-alive")).toBeNull();
  expect(response.headers.get("connection")).not.toBe("close");
});

describe("a call", () => {
  test("goes to the emulator of the service that it is signed for", async () => {
    const { call } = await awsProxy();
    expect(await call("ec2", "Action=DescribeVpcs", FORM)).toMatchObject({ name: "moto", body: "Action=DescribeVpcs" });
    expect(await call("s3", "x", {}, "/bucket/key?acl")).toMatchObject({ name: "ministack", url: "/bucket/key?acl" });
    expect(await call("", "{}")).toMatchObject({ name: "ministack" });
  });

  test("of the acceptance run itself is one in the testbed's region; others keep the region that they are signed for", async () => {
    const { call } = await awsProxy();
    const scope = (region: string) => ({ authorization: expect.stringContaining(`/20260101/${region}/ec2/`) });
    const own = await call("ec2", "Action=DescribeVpcs", FORM, "/", TESTBED_REGION);
    expect(own).toMatchObject(scope("eu-west-1"));
    expect(await call("ec2", "Action=DescribeVpcs", FORM, "/", "us-east-1")).toMatchObject(scope("us-east-1"));
  });

  test("is logged with its operation, and with both bodies when it fails", async () => {
    const { call, log } = await awsProxy();
    await call("dynamodb", "{}", { "x-amz-target": "DynamoDB_20120810.GetItem" });
    await call("ec2", "Action=UnknownThing", FORM);
    await call("apigateway", "{}", {}, "/restapis?limit=1");
    expect(log.map(({ service, operation, status }) => `${service} ${operation} ${status}`)).toEqual([
      "dynamodb GetItem 200",
      "ec2 UnknownThing 501",
      "apigateway POST /restapis 200",
    ]);
    expect(log[1]?.refusal).toMatchObject({
      request: "Action=UnknownThing",
      response: expect.stringContaining("moto"),
    });
    expect(log[0]?.refusal).toBeUndefined();
  });

  test("that no emulator supports is recorded by name", async () => {
    const { call, proxy } = await awsProxy();
    await call("ec2", "Action=UnknownThing", FORM);
    await call("ec2", "Action=UnknownThing", FORM);
    await call("ec2", "Action=DescribeVpcs", FORM);
    expect([...proxy.unsupported]).toEqual(["ec2 UnknownThing"]);
  });
});

describe("a patch", () => {
  const patch = (respond: EmulatorPatch["respond"]): EmulatorPatch => ({
    service: "ec2",
    operation: /^Describe/,
    reason: "for the test",
    respond,
  });

  test("edits the emulator's response", async () => {
    const { call, log } = await awsProxy([
      patch(async (request, send) => editJson(await send(request), (value) => ({ ...value, more: 1 }))),
    ]);
    expect(await call("ec2", "Action=DescribeVpcs", FORM)).toMatchObject({ name: "moto", more: 1 });
    expect(await call("iam", "Action=DescribeVpcs", FORM)).not.toHaveProperty("more");
    expect(log.map(({ isPatched }) => isPatched)).toEqual([true, false]);
  });

  test("may respond itself or send the call to the other emulator", async () => {
    const { call } = await awsProxy([
      patch((request, send) =>
        request.operation === "DescribeVpcs"
          ? send(request, "ministack")
          : Promise.resolve(jsonReply(200, { own: true })),
      ),
    ]);
    expect(await call("ec2", "Action=DescribeVpcs", FORM)).toMatchObject({ name: "ministack" });
    expect(await call("ec2", "Action=DescribeHosts", FORM)).toMatchObject({ own: true });
  });

  test("that fails makes the call an unsupported one", async () => {
    const { call, proxy, log } = await awsProxy([patch(() => Promise.reject(new Error("no such field")))]);
    await expect(call("ec2", "Action=DescribeVpcs", FORM)).rejects.toThrow();
    expect([...proxy.unsupported]).toEqual(["ec2 DescribeVpcs"]);
    expect(log[0]?.refusal?.response).toContain("no such field");
  });
});
