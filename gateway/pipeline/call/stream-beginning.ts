import type { StreamFailure, StreamTranslator } from "../../core/dialect.ts";
import type { GatewayError } from "../../core/gateway-error.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import type { UpstreamBody } from "../../http/upstream/upstream-body.ts";
import type { StreamMemory } from "../../shares/stream-memory.ts";
import { connectionFailure } from "./classify-failure.ts";
import { hasPart } from "./response-part.ts";

/**
 * Looks for the first event of a stream with a part of the response. Until then the client has got nothing, so that
 * another target can be called: comments, pings and events without a choice are no beginning.
 */
export interface StreamBeginning {
  /**
   * @returns the stream in OpenAI's dialect, as far as it has come, once it has begun
   * @throws {UpstreamFailure} when it is none @throws {GatewayError} for an error that refuses the prompt
   */
  push(bytes: Buffer): Buffer | undefined;
  /** What has come, once that is the stream's start: the role, and no part of the response yet. */
  start(): Buffer | undefined;
  /** Bytes of memory that it holds of what has come. */
  readonly heldBytes: number;
  /**
   * The stream has ended before that. @returns the whole of it, where its last event came without its end
   * @throws {UpstreamFailure} for every other end @throws {GatewayError} as `push` does
   */
  end(): Buffer;
}

/** An event without its end that is longer than this is passed on as it comes; events without a choice are no more in all. */
export const MAX_HELD_BYTES = 65_536;
const EMPTY = Buffer.alloc(0);

/**
 * Milliseconds for which a stream's start is held back, so that a server that fails right behind it is not seen. Models that
 * think before they write send their start long before: clients get that then.
 */
const HOLD_START_MS = 1000;

/**
 * Reads to the beginning, or to the end of the time for which a start is held back.
 * @param memory of all streams, of which what has come before the beginning takes its part
 * @param onStart called once, when the start has come: the server works on the response
 * @throws {UpstreamFailure} when the stream ends or breaks off before, and as `push` does
 */
export async function readBeginning(
  body: UpstreamBody,
  beginning: StreamBeginning,
  memory: StreamMemory | undefined,
  onStart: () => void = () => undefined,
): Promise<Buffer> {
  let hold: StartHold | undefined;
  // Ends the call, so that what is waited for rejects.
  const held = memory?.open(() => body.close());
  try {
    for (;;) {
      const start = beginning.start();
      if (start !== undefined && hold === undefined) {
        hold = new StartHold();
        onStart();
      }
      if (start !== undefined && (await hold?.isOver(body)) === true) return start;
      const begun = await readNext(body, beginning);
      if (begun !== undefined) return begun;
      held?.set(beginning.heldBytes);
      if (body.isClosed) throw new UpstreamFailure("malformed");
    }
  } finally {
    hold?.end();
    held?.end();
  }
}

/** The time for which a start is held back. */
class StartHold {
  readonly #over = Promise.withResolvers<true>();
  readonly #timer = setTimeout(() => this.#over.resolve(true), HOLD_START_MS);

  /** Resolves with `true` when it is over before the next bytes are there, which stay in the body. */
  isOver(body: UpstreamBody): Promise<boolean> {
    const isNext = () => false;
    return Promise.race([this.#over.promise, body.first().then(isNext, isNext)]);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

async function readNext(body: UpstreamBody, beginning: StreamBeginning): Promise<Buffer | undefined> {
  const bytes = await body.next().catch((error: unknown) => {
    throw connectionFailure(error);
  });
  return bytes === undefined ? beginning.end() : beginning.push(bytes);
}

/** The beginning of a stream of another dialect: the first event that its translator writes with a part of the response. */
export class TranslatedBeginning implements StreamBeginning {
  readonly #translator: StreamTranslator;
  #start: Buffer = EMPTY;

  constructor(translator: StreamTranslator) {
    this.#translator = translator;
  }

  push(bytes: Buffer): Buffer | undefined {
    return this.#take(this.#translator.push(bytes));
  }

  #take(events: Buffer): Buffer | undefined {
    const { failure } = this.#translator;
    // A part of the response before the error is a beginning; the error is the last event.
    const end = failure === undefined ? events.length : events.lastIndexOf("\n\n", events.length - 3) + 2;
    const hasBegun = hasPart(events.toString("latin1", 0, Math.max(0, end)));
    if (!hasBegun && failure !== undefined) throw failureBefore(failure);
    const all = this.#start.length === 0 ? events : Buffer.concat([this.#start, events]);
    if (hasBegun || all.length > MAX_HELD_BYTES) return all;
    this.#start = all;
    return undefined;
  }

  get heldBytes(): number {
    return this.#start.length + (this.#translator.heldBytes ?? 0);
  }

  start(): Buffer | undefined {
    return this.#start.length === 0 ? undefined : this.#start;
  }

  end(): Buffer {
    const all = this.#take(this.#translator.end());
    if (all === undefined || this.#translator.failure !== undefined) throw new UpstreamFailure("died");
    return all;
  }
}

/** What a client can mend is its error, as in a whole response; the next target is called for the remaining failures. */
function failureBefore({ kind, error }: StreamFailure): UpstreamFailure | GatewayError {
  if (kind === "unusable") return UpstreamFailure.unusableOutput();
  if (kind !== "reported") return new UpstreamFailure(kind === "malformed" ? "malformed" : "died");
  if (error.code === "overloaded") return new UpstreamFailure("busy");
  return error.status < 500 ? error : new UpstreamFailure("failed");
}
