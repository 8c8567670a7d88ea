import { Valkey } from "iovalkey";

export interface ValkeyConnectionOptions {
  /** `redis://host:port`, or `rediss://` for TLS, as with ElastiCache. */
  readonly url: string;
  /** Longest wait for one response; one that takes longer closes the connection to requests until it is quick again. @default 50 */
  readonly commandTimeoutMs?: number;
  /** Called when it closes to requests and when it opens again. */
  readonly onChange?: (isAvailable: boolean) => void;
}

/** What came of a command. `unreachable`: it was not sent. `unknown`: it was sent, and may be carried out. */
export type ValkeyResponse<T> =
  | { readonly outcome: "ok"; readonly value: T }
  | { readonly outcome: "refused"; readonly error: Error }
  | { readonly outcome: "unreachable" | "unknown" };

const DEFAULTS = { commandTimeoutMs: 50 } as const;
/** First and longest time between two trials of a server that was slow. */
const TRIAL_MS = { first: 250, longest: 5000 } as const;
/** After so many trials without a response, the connection is taken for dead and made anew. */
const TRIALS_PER_CONNECTION = 3;
const CONNECT_TIMEOUT_MS = 2000;
const RECONNECT_MS = { first: 50, longest: 2000 } as const;
const UNREACHABLE = { outcome: "unreachable" } as const;
const UNKNOWN = { outcome: "unknown" } as const;

/**
 * A connection to Valkey that no request waits for: only commands that are under way when the server turns slow wait for
 * the time limit. After that, no command is sent until a trial in the background has succeeded.
 */
export class ValkeyConnection {
  readonly #client: Valkey;
  readonly #options: Required<Pick<ValkeyConnectionOptions, "commandTimeoutMs">> & ValkeyConnectionOptions;
  #isSlow = false;
  #isClosed = false;
  #wasAvailable = false;
  #trials = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ValkeyConnectionOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#client = new Valkey(options.url, {
      commandTimeout: this.#options.commandTimeoutMs,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (times) => Math.min(RECONNECT_MS.first * 2 ** Math.min(times - 1, 10), RECONNECT_MS.longest),
    });
    // Without a listener, a refused connection would end the process.
    this.#client.on("error", () => undefined);
    this.#client.on("ready", () => this.#notifyChange());
    this.#client.on("close", () => this.#notifyChange());
  }

  get isAvailable(): boolean {
    return !this.#isClosed && !this.#isSlow && this.#client.status === "ready";
  }

  /** Sends one command, if the server can be reached at this moment. Never rejects. */
  async send<T>(command: (client: Valkey) => Promise<T>): Promise<ValkeyResponse<T>> {
    if (!this.isAvailable) return UNREACHABLE;
    try {
      return { outcome: "ok", value: await command(this.#client) };
    } catch (error) {
      // A refusal came in time (e.g. of a write for which there is no memory): the next command may succeed.
      if (error instanceof Error && error.name === "ReplyError") {
        // The server is no longer the primary: another one has the address, which a new connection finds.
        if (error.message.startsWith("READONLY")) this.#client.disconnect(true);
        return { outcome: "refused", error };
      }
      this.#shut();
      return UNKNOWN;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#client.disconnect();
  }

  #shut(): void {
    if (this.#isSlow || this.#isClosed) return;
    this.#isSlow = true;
    this.#trials = 0;
    this.#notifyChange();
    this.#planTrial();
  }

  #planTrial(): void {
    const wait = Math.min(TRIAL_MS.first * 2 ** Math.min(this.#trials, 10), TRIAL_MS.longest);
    this.#timer = setTimeout(() => void this.#try(), wait).unref();
  }

  /** A command in the background, for which no request waits. */
  async #try(): Promise<void> {
    try {
      // While there is no connection, the client itself tries to make one.
      if (this.#client.status === "ready") await this.#client.ping();
      this.#isSlow = false;
      this.#notifyChange();
    } catch {
      if (this.#isClosed) return;
      this.#trials++;
      if (this.#trials % TRIALS_PER_CONNECTION === 0) this.#client.disconnect(true);
      this.#planTrial();
    }
  }

  #notifyChange(): void {
    const { isAvailable } = this;
    if (isAvailable === this.#wasAvailable || this.#isClosed) return;
    this.#wasAvailable = isAvailable;
    this.#options.onChange?.(isAvailable);
  }
}
