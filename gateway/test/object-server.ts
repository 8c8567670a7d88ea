import { Agent, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";

/** What the server does with a GET, by the end of the object's key. */
export type ReadBehaviour = "whole" | "no-head" | "stalled-body" | "endless";

export interface ObjectServer {
  readonly s3: S3Client;
  /** Responses that are neither finished nor broken off. */
  readonly openResponses: () => number;
  /** Sockets of the client that carry a request, and requests that wait for one. */
  readonly busySockets: () => number;
  /** Method and path with query of each request. */
  readonly requests: readonly string[];
  /** Set to leave every write without a response. */
  readonly writes: { areUnanswered: boolean };
}

const CHUNK = Buffer.alloc(65_536, "a");

/**
 * For tests: as much of S3 as object reads and uploads need, on a real socket, with the faults of a store that stalls.
 * A key that ends in a `ReadBehaviour` is read that way.
 */
export async function startObjectServer(): Promise<ObjectServer> {
  const requests: string[] = [];
  const writes = { areUnanswered: false };
  let open = 0;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    open++;
    response.on("close", () => open--).on("error", () => undefined);
    if (request.method === "GET") sendObject(request, response);
    else if (!writes.areUnanswered) void respondToWrite(request, response);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
    requestHandler: { httpAgent: agent },
  });
  onTestFinished(() => {
    s3.destroy();
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  const countOf = (lists: NodeJS.ReadOnlyDict<readonly unknown[]>) => Object.values(lists).flat().length;
  return {
    s3,
    requests,
    writes,
    openResponses: () => open,
    busySockets: () => countOf(agent.sockets) + countOf(agent.requests),
  };
}

function sendObject({ url = "" }: IncomingMessage, response: ServerResponse): void {
  const path = url.split("?")[0] ?? "";
  if (path.endsWith("no-head")) return;
  if (path.endsWith("whole")) return void response.writeHead(200, { "content-length": CHUNK.length }).end(CHUNK);
  response.writeHead(200, { "content-length": 1e9 }).write(CHUNK);
  if (path.endsWith("stalled-body")) return;
  const push = () => {
    while (!response.destroyed && response.write(CHUNK));
  };
  response.on("drain", push);
  push();
}

async function respondToWrite(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    for await (const _ of request);
  } catch {
    return;
  }
  response.setHeader("etag", '"1"');
  if (request.url?.includes("?uploads"))
    response.end("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>");
  else if (request.method === "POST")
    response.end("<CompleteMultipartUploadResult><ETag>&quot;1&quot;</ETag></CompleteMultipartUploadResult>");
  else response.writeHead(request.method === "DELETE" ? 204 : 200).end();
}
