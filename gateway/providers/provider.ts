import { Pool } from "undici";
import type { ProviderConfig } from "../../contracts/targets/target-settings.ts";
import type { SharedSlots, Slots } from "../../domain/targets/shared-slots.ts";
import type { Lookup } from "../../lib/address-guard.ts";
import { withoutEnd } from "../../lib/without-end.ts";
import type { ProviderDialect } from "../dialects/inner/provider-dialect.ts";
import { PROVIDERS } from "../dialects/providers/provider-dialects.ts";
import { guardedConnector } from "./guarded-connector.ts";
import { ProviderCredential, type SecretReader } from "./provider-credential.ts";
import { ProviderProbe } from "./provider-probe.ts";

/** Under the 60 s after which common load balancers close an idle connection, so that we rarely race them. */
const KEEP_ALIVE_MS = 30_000;
const WINDOW_MS = { minute: 60_000, hour: 3_600_000 } as const;

export interface ProviderOptions {
  readonly config: ProviderConfig;
  readonly reader: SecretReader;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly slots: SharedSlots;
  readonly onProblem: (provider: string, problem: string) => void;
  /** @default - the system's resolver */
  readonly lookup?: Lookup | undefined;
}

/** One provider as this gateway uses it: its connections, its key, and how much of it may be used at once. */
export class Provider {
  readonly config: ProviderConfig;
  readonly origin: string;
  readonly pathPrefix: string;
  readonly dialect: ProviderDialect;
  readonly pool: Pool;
  readonly credential: ProviderCredential;
  readonly #slots: Slots;
  readonly #probe: ProviderProbe;
  /** The result of the last health checks; `unknown` before the first, and where there are none. */
  healthCheck: "ok" | "failed" | "unknown" = "unknown";

  constructor({ config, reader, now, slots, onProblem, lookup }: ProviderOptions) {
    this.config = config;
    const { origin, pathname } = new URL(config.endpoint);
    this.origin = origin;
    this.dialect = PROVIDERS[config.dialect];
    // SDKs take an address that ends in /v1; the dialects' paths begin with it.
    const path = withoutEnd(pathname, "/");
    const { versionPath } = this.dialect;
    this.pathPrefix = path.endsWith(versionPath) ? path.slice(0, -versionPath.length) : path;
    const { connectSeconds, idleSeconds } = config.timeouts;
    this.pool = new Pool(origin, {
      connect: guardedConnector({
        allowPrivateHosts: config.allowPrivateHosts,
        connectMs: connectSeconds * 1000,
        ...(lookup === undefined ? {} : { lookup }),
      }),
      connections: config.maxConnections,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0, // the pipeline's steps limit first byte and whole response
      bodyTimeout: idleSeconds * 1000,
      allowH2: false,
    });
    this.credential = new ProviderCredential({
      provider: config.name,
      credential: config.credential,
      reader,
      now,
      onProblem: (problem) => onProblem(config.name, problem),
    });
    const { name, maxInFlight, rateLimit } = config;
    const rate = rateLimit === null ? undefined : { requests: rateLimit.requests, windowMs: WINDOW_MS[rateLimit.per] };
    this.#slots = slots.of(name, { maxInFlight, rate }, now);
    this.#probe = new ProviderProbe(this);
  }

  /** Reads its key and starts its health checks. Resolves when its key was read once. */
  async start(): Promise<void> {
    await this.credential.start();
    void this.#probe.start();
  }

  /** Whether it may get requests at all: there is a key, and its health check does not fail. */
  get isUsable(): boolean {
    return this.credential.isReady && this.healthCheck !== "failed";
  }

  get name(): string {
    return this.config.name;
  }

  /** Most requests at once that it gets now: `maxInFlight`, or less after it refused some for want of capacity. */
  get allowedInFlight(): number {
    return this.#slots.limit;
  }

  /** Of all threads. */
  get inFlight(): number {
    return this.#slots.inFlight;
  }

  /** Whether its limits allow one more request now; another thread may be faster. */
  get hasFreeSlot(): boolean {
    return this.#slots.hasCapacity;
  }

  get headers(): Readonly<Record<string, string>> {
    const { key } = this.credential;
    return key === undefined ? {} : this.dialect.keyHeaders(key);
  }

  /** Counts one request against its limits. @returns the function that releases its slot, or `undefined` when none is free */
  tryAcquire(): (() => void) | undefined {
    return this.#slots.tryTake();
  }

  /** It refused a request for want of capacity, whose slot is not released yet. */
  sawRefusal(): void {
    this.#slots.sawRefusal();
  }

  /** It served a request. */
  sawResponse(): void {
    this.#slots.sawResponse();
  }

  /** Lets running requests finish, then closes the connections. */
  async close(): Promise<void> {
    this.#stop();
    await this.pool.close();
  }

  async destroy(): Promise<void> {
    this.#stop();
    await this.pool.destroy();
  }

  #stop(): void {
    this.credential.stop();
    this.#probe.stop();
  }
}
