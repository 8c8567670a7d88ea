import { randomUUID } from "node:crypto";
import * as z from "zod";
import { LiveGateway, LiveRequest } from "../../contracts/live/live-requests.ts";
import { LogFilter, LogLine } from "../../contracts/live/log-lines.ts";
import { parseJson } from "../../lib/parse-json.ts";
import type { MatchingLines } from "./lines/recent-lines.ts";
import type { LiveBook, LiveSnapshot } from "./live-book.ts";
import type { LiveBus } from "./live-bus.ts";
import { ThreadHealth } from "./thread-health.ts";

/** How long others may take to respond: a list leaves a thread out that computes for longer; of a stop the operator has to know. */
const WAIT_MS = { list: 400, health: 400, logs: 400, stop: 2000 } as const;

/** A newer release may send more fields. */
const Message = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("list"), call: z.string(), from: z.string() }),
  z.object({ kind: z.literal("health"), call: z.string(), from: z.string() }),
  z.object({ kind: z.literal("logs"), call: z.string(), from: z.string(), filter: LogFilter }),
  z.object({ kind: z.literal("stop"), call: z.string(), from: z.string(), requestId: z.string() }),
  z.object({
    kind: z.literal("listed"),
    call: z.string(),
    gateway: LiveGateway.strip(),
    requests: z.array(LiveRequest.strip()),
  }),
  z.object({ kind: z.literal("is"), call: z.string(), health: ThreadHealth }),
  z.object({ kind: z.literal("logged"), call: z.string(), lines: z.array(LogLine.strip()), hasMore: z.boolean() }),
  z.object({ kind: z.literal("stopped"), call: z.string(), count: z.int() }),
]);
type Message = z.infer<typeof Message>;
type Call =
  | { readonly kind: "list" }
  | { readonly kind: "health" }
  | { readonly kind: "logs"; readonly filter: LogFilter }
  | { readonly kind: "stop"; readonly requestId: string };

interface Waiting {
  readonly replies: Message[];
  expected: number;
  readonly finish: () => void;
}

/** What was heard of all that were asked. */
interface Heard {
  readonly replies: readonly Message[];
  /** Whether everyone responded in time. */
  readonly isComplete: boolean;
}

/** What this thread has at the moment. */
export interface LiveSources {
  readonly health: () => ThreadHealth;
  readonly logs: (filter: LogFilter) => MatchingLines;
}

/** What all threads have that the bus reaches, such as requests in progress: asks the others, and responds to them. */
export class LiveFleet {
  readonly #book: LiveBook;
  readonly #bus: LiveBus | undefined;
  readonly #sources: LiveSources;
  readonly #waiting = new Map<string, Waiting>();

  /** @param bus to the others. @default - this thread is alone */
  constructor(book: LiveBook, bus: LiveBus | undefined, sources: LiveSources) {
    this.#book = book;
    this.#bus = bus;
    this.#sources = sources;
  }

  get reach(): LiveBus["reach"] {
    return this.#bus?.reach ?? "this-gateway";
  }

  start(): void {
    this.#bus?.start(this.#book.id, (text) => this.#receive(text));
  }

  stop(): void {
    this.#bus?.stop();
    for (const { finish } of this.#waiting.values()) finish();
  }

  async list(): Promise<{ readonly snapshots: readonly LiveSnapshot[]; readonly isComplete: boolean }> {
    const { replies, isComplete } = await this.#query({ kind: "list" });
    const others = replies.flatMap((reply) => (reply.kind === "listed" ? [reply] : []));
    return { snapshots: [this.#book.snapshot(), ...others], isComplete };
  }

  async health(): Promise<{ readonly threads: readonly ThreadHealth[]; readonly isComplete: boolean }> {
    const { replies, isComplete } = await this.#query({ kind: "health" });
    const others = replies.flatMap((reply) => (reply.kind === "is" ? [reply.health] : []));
    return { threads: [this.#sources.health(), ...others], isComplete };
  }

  async logs(filter: LogFilter): Promise<{ readonly threads: readonly MatchingLines[]; readonly isComplete: boolean }> {
    const { replies, isComplete } = await this.#query({ kind: "logs", filter });
    const others = replies.flatMap((reply) => (reply.kind === "logged" ? [reply] : []));
    return { threads: [this.#sources.logs(filter), ...others], isComplete };
  }

  /** @returns how many requests with this id were stopped, here or elsewhere */
  async end(requestId: string): Promise<{ readonly count: number; readonly isComplete: boolean }> {
    const own = this.#book.stop(requestId);
    if (own > 0) return { count: own, isComplete: true };
    const { replies, isComplete } = await this.#query({ kind: "stop", requestId });
    return { count: replies.reduce((sum, reply) => sum + countOf(reply), 0), isComplete };
  }

  /** Asks all others, and waits until they have responded, one has stopped the request, or the time is over. */
  async #query(call: Call): Promise<Heard> {
    if (this.#bus === undefined) return { replies: [], isComplete: true };
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting: Waiting = { replies: [], expected: Number.POSITIVE_INFINITY, finish: resolve };
    this.#waiting.set(id, waiting);
    const timer = setTimeout(resolve, WAIT_MS[call.kind]);
    try {
      const sent = await this.#bus.send(undefined, JSON.stringify({ ...call, call: id, from: this.#book.id }));
      if (sent === undefined) return { replies: [], isComplete: false };
      waiting.expected = sent;
      if (!isOver(waiting)) await promise;
      return { replies: waiting.replies, isComplete: waiting.replies.length >= sent };
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  #receive(text: string): void {
    const { data: message } = Message.safeParse(parseJson(text));
    if (message === undefined) return;
    if (!("from" in message)) return this.#heard(message);
    if (message.from === this.#book.id) return;
    void this.#bus?.send(message.from, JSON.stringify({ ...this.#replyTo(message), call: message.call }));
  }

  #replyTo(call: Call): object {
    if (call.kind === "list") return { kind: "listed", ...this.#book.snapshot() };
    if (call.kind === "health") return { kind: "is", health: this.#sources.health() };
    if (call.kind === "logs") return { kind: "logged", ...this.#sources.logs(call.filter) };
    return { kind: "stopped", count: this.#book.stop(call.requestId) };
  }

  #heard(reply: Message): void {
    const waiting = this.#waiting.get(reply.call);
    if (waiting === undefined) return;
    waiting.replies.push(reply);
    if (isOver(waiting)) waiting.finish();
  }
}

function isOver({ replies, expected }: Waiting): boolean {
  return replies.length >= expected || replies.some((reply) => countOf(reply) > 0);
}

function countOf(reply: Message): number {
  return reply.kind === "stopped" ? reply.count : 0;
}
