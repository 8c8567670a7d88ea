import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, Pool } from "undici";
import { newApiKey } from "../../domain/keys/api-key.ts";

/** How a client behaves, and its part of all requests. */
const PARTS = {
  stream: 0.4,
  whole: 0.25,
  /** Leaves after the first bytes of a stream. */
  abort: 0.12,
  /** Of a provider that fails half of the time; no other one can take over. */
  upstreamFault: 0.1,
  /** Of the same provider, with our own engine behind it. */
  rescued: 0.05,
  wrongKey: 0.05,
  /** A body of a megabyte. */
  large: 0.02,
  /** Takes 12 MB by 64 KiB, with a pause after each. */
  slowReader: 0.01,
} as const;
export type Kind = keyof typeof PARTS;
export const KINDS = Object.keys(PARTS) as readonly Kind[];

const EXPECTED: Readonly<Record<Kind, readonly string[]>> = {
  stream: ["complete"],
  whole: ["complete"],
  abort: ["left"],
  upstreamFault: ["complete", "error event", "502", "503", "504"],
  rescued: ["complete", "error event"],
  wrongKey: ["401", "429"],
  large: ["complete"],
  slowReader: ["complete"],
};

/** Multiples of the golden ratio fill the unit evenly: every stretch of requests has the same mix. */
export function kindOf(count: number): Kind {
  let position = (count * 0.618033988749895) % 1;
  for (const kind of KINDS) {
    if (position < PARTS[kind]) return kind;
    position -= PARTS[kind];
  }
  return "stream";
}

const MEGABYTE = "lorem ip".repeat(131_072);
/** As many conversations; what the gateway remembers of prompts is bounded, but at more than a soak of minutes sends. */
const CONVERSATIONS = 16;
const SLOW_PAUSE_MS = 10;

function bodyOf(kind: Kind, count: number): object {
  const prompt = `${count % CONVERSATIONS} Once upon a time`;
  const chat = (content: string, stream: boolean, model = "tiny") => {
    return { model, messages: [{ role: "user", content }], max_tokens: 100, stream };
  };
  switch (kind) {
    case "large":
      return chat(`${count % CONVERSATIONS} ${MEGABYTE}`, count % 2 === 0);
    case "slowReader":
      return chat(prompt, true, "long");
    case "upstreamFault":
      return chat(prompt, count % 2 === 0, "flaky");
    case "rescued":
      return chat(prompt, false, "rescued");
    default:
      return chat(prompt, kind !== "whole" && kind !== "wrongKey");
  }
}

/** Clients of a gateway, over connections of their own. */
export class Clients {
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #outcomes = new Map<string, number>();
  readonly #open = new Set<Promise<void>>();

  constructor(origin: string, headers: Readonly<Record<string, string>>) {
    this.#pool = new Pool(origin, { connections: 512, pipelining: 1 });
    this.#headers = headers;
  }

  /** Sends evenly, whatever the results. Resolves when all requests are over, and the connections closed. */
  async load(rate: number, seconds: number): Promise<void> {
    const start = performance.now();
    for (let count = 0; count < rate * seconds; count++) {
      const early = start + (count * 1000) / rate - performance.now();
      if (early > 1) await sleep(early);
      const sent = this.#one(kindOf(count), count).finally(() => this.#open.delete(sent));
      this.#open.add(sent);
    }
    await Promise.all(this.#open);
    await this.#pool.close();
  }

  /** How often what became of each kind. */
  outcomes(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries(
      KINDS.map((kind) => {
        const own = [...this.#outcomes].filter(([name]) => name.startsWith(`${kind}: `));
        return [kind, Object.fromEntries(own.map(([name, number]) => [name.slice(kind.length + 2), number]))];
      }),
    );
  }

  /** Outcomes that the kind of the request does not explain. */
  unexpected(): number {
    const isExpected = (name: string) =>
      KINDS.some((kind) => EXPECTED[kind].some((text) => name === `${kind}: ${text}`));
    return [...this.#outcomes].reduce((sum, [name, number]) => sum + (isExpected(name) ? 0 : number), 0);
  }

  async #one(kind: Kind, count: number): Promise<void> {
    const outcome = await this.#send(kind, count).catch((error: unknown) => `broken: ${String(error)}`);
    const name = `${kind}: ${outcome}`;
    this.#outcomes.set(name, (this.#outcomes.get(name) ?? 0) + 1);
  }

  async #send(kind: Kind, count: number): Promise<string> {
    const key = kind === "wrongKey" ? { authorization: `Bearer ${newApiKey().secret}` } : this.#headers;
    const headers = { "content-type": "application/json", ...key };
    const body = JSON.stringify(bodyOf(kind, count));
    const response = await this.#pool.request({ method: "POST", path: "/v1/chat/completions", headers, body });
    if (response.statusCode !== 200) {
      await response.body.dump();
      return String(response.statusCode);
    }
    return await read(kind, response);
  }
}

async function read(kind: Kind, { headers, body }: Dispatcher.ResponseData): Promise<string> {
  const isStream = String(headers["content-type"]).startsWith("text/event-stream");
  let last = "";
  for await (const chunk of body) {
    // Leaving the loop destroys the body, and its connection with it.
    if (kind === "abort") return "left";
    last = (last + String(chunk)).slice(-400);
    if (kind === "slowReader") await sleep(SLOW_PAUSE_MS);
  }
  if (!isStream || last.endsWith("data: [DONE]\n\n")) return "complete";
  return last.includes('{"error":') ? "error event" : "cut off";
}
