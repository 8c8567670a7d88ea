import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Call, operationOf, type Reply, scopeOf } from "../aws-calls/call.ts";
import { type Emulator, emulatorOf } from "../aws-calls/routes.ts";
import { type EmulatorPatch, patchFor, type Send } from "../emulator-patches/emulator-patch.ts";
import { TESTBED_REGION } from "../tools/emulators.ts";
import { unsupportedName } from "./unsupported.ts";

/** One call, for the log. */
export interface CallRecord {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  readonly emulator: Emulator;
  readonly isPatched: boolean;
  readonly millis: number;
  /** Start of the bodies of request and response, of responses with status 400 or above only. */
  readonly refusal?: { readonly request: string; readonly response: string };
}

export interface AwsProxyProps {
  /** Region of the calls that are signed for `TESTBED_REGION`. */
  readonly region: string;
  readonly ports: Readonly<Record<Emulator, number>>;
  readonly patches: readonly EmulatorPatch[];
  /** Called once per call. */
  readonly log: (record: CallRecord) => void;
  /** Called with each call and its reply, before the reply is sent. @default - none */
  readonly see?: (call: Call, reply: Reply) => void;
}

/** One address for all AWS services. */
export interface AwsProxy {
  readonly url: string;
  /** Names of the operations that neither an emulator nor a patch supports, each once. */
  readonly unsupported: ReadonlySet<string>;
  stop(): Promise<void>;
}

const LOGGED_CHARACTERS = 600;

export async function startAwsProxy({ region, ports, patches, log, see = () => {} }: AwsProxyProps): Promise<AwsProxy> {
  const unsupported = new Set<string>();

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const call = inRegion(region, await readCall(request));
    const emulator = emulatorOf(call.service);
    const send: Send = (next, to = emulator) => forward(ports[to], next);
    const patch = patchFor(patches, call);
    const reply = await (patch ? patch.respond(call, send) : send(call)).catch(failure);
    const name = unsupportedName(call, reply);
    if (name !== undefined) unsupported.add(name);
    see(call, reply);
    writeReply(response, reply, call.method);
    log({
      service: call.service,
      operation: call.operation,
      status: reply.status,
      emulator,
      isPatched: patch !== undefined,
      millis: Math.round(performance.now() - started),
      ...(reply.status >= 400 ? { refusal: { request: excerpt(call.body), response: excerpt(reply.body) } } : {}),
    });
  }

  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy()); // the client has closed the connection
  });
  // Else a client on a loaded machine sends a request into a connection that is being closed after 5 s without one.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${addressOf(server.address())}`,
    unsupported,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  const { method = "GET", url = "/" } = request;
  // Hop headers are this connection's own: the length is counted anew, and nothing waits for a "100 Continue".
  const own = new Set(["transfer-encoding", "expect", "connection", "content-length"]);
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      own.has(name) || value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
  return {
    method,
    url,
    headers,
    body,
    ...scopeOf(request.headers, url),
    operation: operationOf(method, url, request.headers, body),
  };
}

/** A call of the acceptance run itself, whose clients know no region, in that of the environment; others as they are. */
function inRegion(region: string, call: Call): Call {
  if (call.region !== TESTBED_REGION) return call;
  const { authorization = "" } = call.headers;
  return {
    ...call,
    region,
    headers: { ...call.headers, authorization: authorization.replace(`/${TESTBED_REGION}/`, `/${region}/`) },
  };
}

function forward(port: number, call: Call): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const upstream = httpRequest(
      {
        host: "127.0.0.1",
        port,
        method: call.method,
        path: call.url,
        headers: { ...call.headers, connection: "close", "content-length": call.body.byteLength },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const headers = Object.fromEntries(
            Object.entries(response.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
          );
          resolve({ status: response.statusCode ?? 502, headers, body: Buffer.concat(chunks) });
        });
      },
    );
    upstream.on("error", reject);
    upstream.end(call.body);
  });
}

function writeReply(response: ServerResponse, reply: Reply, method: string): void {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(reply.headers)) {
    if (name === "transfer-encoding" || name === "connection") continue;
    headers[name] = typeof value === "string" ? value : [...value];
  }
  // A HEAD's length is that of the body it stands for.
  if (method !== "HEAD") headers["content-length"] = String(reply.body.byteLength);
  response.writeHead(reply.status, headers).end(reply.body);
}

function failure(error: unknown): Reply {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 502, headers: { "content-type": "text/plain" }, body: Buffer.from(text) };
}

function excerpt(body: Buffer): string {
  return body.toString("utf8", 0, LOGGED_CHARACTERS);
}

function addressOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The AWS proxy has no port.");
  return address.port;
}
