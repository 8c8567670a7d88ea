import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { endToEnd, relay, relayAgent } from "../../http/relay.ts";
import { relayUpgrade } from "../../http/relay-upgrade.ts";
import { type BoundServer, bind, clientAddress, header, requestTarget, respond } from "../../http/server.ts";
import { wildcard } from "../../http/wildcard.ts";
import { asNumber, asText, block, blocks, type JsonObject } from "../../template/json.ts";
import type { BlockResponse, WebAcl } from "../waf/web-acl.ts";
import { errorPage } from "./error-page.ts";
import { callFunction } from "./lambda-target.ts";
import type { TargetGroup } from "./target-group.ts";

interface Rule {
  readonly priority: number;
  matches(request: IncomingMessage): boolean;
  readonly action: JsonObject;
}

export interface ListenerOptions {
  readonly config: JsonObject;
  /** Seconds without a byte from the target after which the load balancer responds 504. */
  readonly idleTimeoutSeconds: number;
  targetGroup(arn: string): TargetGroup | undefined;
  /** The firewall before the load balancer. @default - none */
  webAcl?(): WebAcl | undefined;
}

/** One listener of a load balancer: its rules in order, then its default action. TLS ends outside the twin. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #rules: Rule[] = [];
  readonly #agent = relayAgent();
  readonly #bound: BoundServer;
  /** Upgraded connections; closing the server does not close them. */
  readonly #upgraded = new Set<Duplex>();

  private constructor(options: ListenerOptions, bound: BoundServer) {
    this.#options = options;
    this.#bound = bound;
  }

  static async open(options: ListenerOptions): Promise<Listener> {
    const bound = await bind(0, "", (request, response) => listener.handle(request, response));
    const listener: Listener = new Listener(options, bound);
    bound.server.on("upgrade", (request, socket, head) => listener.upgrade(request, socket, head));
    return listener;
  }

  /** Port on this machine. */
  get port(): number {
    return this.#bound.port;
  }

  addRule(config: JsonObject): void {
    const conditions = blocks(config.condition).map(condition);
    this.#rules.push({
      // Without a priority AWS takes the next free one.
      priority: config.priority === undefined ? (this.#rules.at(-1)?.priority ?? 0) + 1 : asNumber(config.priority),
      matches: (request) => conditions.every((holds) => holds(request)),
      action: block(config.action) ?? {},
    });
    this.#rules.sort((a, b) => a.priority - b.priority);
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    for (const socket of this.#upgraded) socket.destroy();
    await this.#bound.close();
  }

  #actionFor(request: IncomingMessage): JsonObject {
    const rule = this.#rules.find((candidate) => candidate.matches(request));
    return rule?.action ?? block(this.#options.config.default_action) ?? {};
  }

  /** WebSockets go to one target and stay there. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const blocked = this.#options.webAcl?.()?.check(clientAddress(request), request.headers);
    if (blocked) return refuseUpgrade(socket, blocked);
    const action = this.#actionFor(request);
    const target = action.type === "forward" ? this.#options.targetGroup(forwardArn(action))?.choose() : undefined;
    const fail = () =>
      socket.end("HTTP/1.1 503 Service Temporarily Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    socket.on("error", () => undefined);
    if (!target) return void fail();
    target.inFlight += 1;
    this.#upgraded.add(socket);
    const { path, query } = requestTarget(request);
    const silenceMs = this.#options.idleTimeoutSeconds * 1000;
    const headers = { ...request.headers, ...forwardedHeaders(request) };
    relayUpgrade(request, socket, head, { port: target.port, path: path + query, headers, silenceMs }, fail, () => {
      this.#upgraded.delete(socket);
      target.inFlight -= 1;
    });
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const blocked = this.#options.webAcl?.()?.check(clientAddress(request), request.headers);
    if (blocked) return respond(response, blocked.status, blocked.headers, blocked.body);
    const action = this.#actionFor(request);
    if (action.type === "fixed-response") return fixedResponse(action, response);
    if (action.type !== "forward") return errorPage(response, 500, `action ${String(action.type)} is not simulated`);
    const group = this.#options.targetGroup(forwardArn(action));
    if (group?.lambda) return void callFunction(group.lambda, group.arn, request, response, forwardedHeaders(request));
    const target = group?.choose();
    if (!target) return errorPage(response, 503, "Service Temporarily Unavailable");
    target.inFlight += 1;
    const { path, query } = requestTarget(request);
    relay(
      request,
      response,
      {
        port: target.port,
        path: path + query,
        headers: { ...endToEnd(request.headers), ...forwardedHeaders(request) },
        silenceMs: this.#options.idleTimeoutSeconds * 1000,
        silenceCutsStream: true,
      },
      this.#agent,
      {
        responseHeaders: () => ({}),
        timedOut: () => errorPage(response, 504, "Gateway Time-out"),
        failed: () => errorPage(response, 502, "Bad Gateway"),
        finished: () => {
          target.inFlight -= 1;
        },
      },
    );
  }
}

function refuseUpgrade(socket: Duplex, { status, headers, body }: BlockResponse): void {
  const lines = Object.entries({ ...headers, connection: "close", "content-length": Buffer.byteLength(body) });
  socket.on("error", () => undefined);
  socket.end([`HTTP/1.1 ${status} `, ...lines.map(([name, value]) => `${name}: ${value}`), "", body].join("\r\n"));
}

function forwardArn(action: JsonObject): string {
  const group = block(block(action.forward)?.target_group);
  return asText(action.target_group_arn ?? group?.arn);
}

function forwardedHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  const before = header(request, "x-forwarded-for");
  const client = clientAddress(request);
  return { "x-forwarded-for": before ? `${before}, ${client}` : client, "x-forwarded-proto": "https" };
}

function fixedResponse(action: JsonObject, response: ServerResponse): void {
  const fixed = block(action.fixed_response) ?? {};
  const headers = { "content-type": asText(fixed.content_type ?? "text/plain") };
  respond(response, asNumber(fixed.status_code ?? 200), headers, asText(fixed.message_body ?? ""));
}

function condition(config: JsonObject): (request: IncomingMessage) => boolean {
  const values = (part: string) => {
    const list = block(config[part])?.values;
    return Array.isArray(list) ? list.map(asText) : undefined;
  };
  const hosts = values("host_header")?.map((pattern) => wildcard(pattern));
  const paths = values("path_pattern")?.map((pattern) => wildcard(pattern));
  if (hosts) return (request) => hosts.some((host) => host.test((header(request, "host") ?? "").replace(/:\d+$/, "")));
  if (paths) return (request) => paths.some((path) => path.test(requestTarget(request).path));
  throw new Error(
    `The twin knows host_header and path_pattern conditions; this rule has ${Object.keys(config).join(", ")}.`,
  );
}
