import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { marshall } from "@aws-sdk/util-dynamodb";

export interface FakeTarget {
  readonly instanceId: string;
  readonly port: number;
  readonly address: string;
  /** The load balancer's word: `healthy`, `initial`, `unhealthy`, `draining`, `unused`. */
  readonly state: string;
  /** Whether EC2 responds that there is no such instance. */
  readonly unknownToEc2?: boolean;
}

/** The few AWS calls that a gateway and `drain-engine` make, on a real socket. Change the fields at any time. */
export interface FakeAws {
  readonly url: string;
  /** Targets by target group ARN. */
  readonly targets: Map<string, readonly FakeTarget[]>;
  /** Items of the keys table by key id. */
  readonly keys: Map<string, Readonly<Record<string, unknown>>>;
  /** Whether every call gets a 500. */
  isBroken: boolean;
  /** Names of the calls that came. */
  readonly calls: readonly string[];
  /** Parameters of the calls that came in the query protocol, in their order. */
  readonly queries: readonly Readonly<Record<string, string>>[];
  /** Responses to calls by name, instead of the usual one: status and XML. */
  readonly responses: Map<string, readonly [number, string]>;
  /** What to set for an AWS SDK that shall call here. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startFakeAws(): Promise<FakeAws> {
  const calls: string[] = [];
  const queries: Record<string, string>[] = [];
  const responses: FakeAws["responses"] = new Map();
  const targets: FakeAws["targets"] = new Map();
  const keys: FakeAws["keys"] = new Map();
  const server = createServer((request, response) => {
    void respond(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const target = request.headers["x-amz-target"];
    const query = new URLSearchParams(text);
    const call = typeof target === "string" ? (target.split(".")[1] ?? "") : (query.get("Action") ?? "");
    calls.push(call);
    if (typeof target !== "string") queries.push(Object.fromEntries(query));
    if (fake.isBroken) return void response.writeHead(500).end("broken");
    const [status, xml] = responses.get(call) ?? [];
    if (status !== undefined) return void response.writeHead(status, { "content-type": "text/xml" }).end(xml);
    if (call === "GetItem") return sendItem(response, JSON.parse(text).Key.keyId.S);
    if (call === "BatchGetItem") return sendItems(response, JSON.parse(text).RequestItems);
    // It does not store when a key was used.
    if (call === "UpdateItem")
      return void response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
    if (call === "DescribeTargetHealth")
      return sendXml(response, targetHealth(targets.get(query.get("TargetGroupArn") ?? "") ?? []));
    if (call === "DescribeInstances") return sendInstances(response, query);
    if (call === "DeregisterTargets") return sendXml(response, emptyResult(call));
    if (call === "CompleteLifecycleAction") return sendXml(response, emptyResult(call));
    response.writeHead(400).end(`no such call: ${call}`);
  }

  function attributesOf(keyId: string): readonly Record<string, unknown>[] {
    const item = keys.get(keyId);
    return item === undefined ? [] : [marshall(item, { removeUndefinedValues: true })];
  }

  function sendItem(response: ServerResponse, keyId: string): void {
    const [Item] = attributesOf(keyId);
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify({ Item }));
  }

  function sendItems(response: ServerResponse, requested: Record<string, { Keys: { keyId: { S: string } }[] }>): void {
    const found = Object.entries(requested).map(([table, { Keys }]) => [
      table,
      Keys.flatMap(({ keyId }) => attributesOf(keyId.S)),
    ]);
    response
      .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
      .end(JSON.stringify({ Responses: Object.fromEntries(found), UnprocessedKeys: {} }));
  }

  function sendInstances(response: ServerResponse, query: URLSearchParams): void {
    const wanted = [...query].filter(([name]) => name.startsWith("InstanceId.")).map(([, value]) => value);
    const known = [...targets.values()].flat().filter(({ unknownToEc2 }) => unknownToEc2 !== true);
    const missing = wanted.find((id) => !known.some(({ instanceId }) => instanceId === id));
    if (missing === undefined)
      return sendXml(response, instances(known.filter(({ instanceId }) => wanted.includes(instanceId))));
    const error = `<Error><Code>InvalidInstanceID.NotFound</Code><Message>The instance ID '${missing}' does not exist</Message></Error>`;
    response
      .writeHead(400, { "content-type": "text/xml" })
      .end(`<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`);
  }

  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeAws = {
    url,
    targets,
    keys,
    isBroken: false,
    calls,
    queries,
    responses,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function sendXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { "content-type": "text/xml" }).end(xml);
}

function emptyResult(call: string): string {
  const metadata = "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>";
  return `<${call}Response><${call}Result/>${metadata}</${call}Response>`;
}

function targetHealth(targets: readonly FakeTarget[]): string {
  const members = targets.map(
    ({ instanceId, port, state }) =>
      `<member><Target><Id>${instanceId}</Id><Port>${port}</Port></Target><TargetHealth><State>${state}</State></TargetHealth></member>`,
  );
  return `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions>${members.join("")}</TargetHealthDescriptions></DescribeTargetHealthResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeTargetHealthResponse>`;
}

function instances(targets: readonly FakeTarget[]): string {
  const items = targets.map(
    ({ instanceId, address }) =>
      `<item><instanceId>${instanceId}</instanceId><privateIpAddress>${address}</privateIpAddress></item>`,
  );
  return `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><reservationSet><item><reservationId>r-1</reservationId><instancesSet>${items.join("")}</instancesSet></item></reservationSet></DescribeInstancesResponse>`;
}
