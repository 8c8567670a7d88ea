import * as z from "zod";
import { isSafeIssuerAddress } from "../../contracts/processes/workloads.ts";
import { IssuerUnavailable } from "../../lib/http/fetch-document.ts";
import { PublicJwk } from "./signature.ts";

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.string() });
const MAX_KEYS = 100;
/** Keys that have not the form of a public key, as those for encryption by a newer method, are left out. */
const KeySet = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS) });

/** The keys of an issuer are read again after ten minutes. */
const FRESH_MS = 600_000;
/** For a key that is not among those of the last read, they are read again, at most so often. */
const PAUSE_MS = 30_000;
/** Where keys are known, the next read after a failed one waits so long: the `Retry-After` of the response to a client. */
const FAILURE_PAUSE_MS = 5000;
/** While an issuer can't be read, the keys of its last read stay valid until they are so old. */
const LONGEST_OUTAGE_MS = 3_600_000;

export interface IssuerAddress {
  readonly issuer: string;
  /** @default - the one of the discovery document */
  readonly jwksUri?: string | undefined;
}

export interface IssuerKeysOptions {
  /** Reads a JSON document. @throws {IssuerUnavailable} */
  readonly read: (url: string) => Promise<unknown>;
  /** Milliseconds of any monotonic clock. */
  readonly now: () => number;
}

interface KeysRead {
  readonly keys: readonly PublicJwk[];
  readonly at: number;
}

interface FailedRead {
  readonly error: unknown;
  readonly at: number;
}

/**
 * Public keys of issuers, read from their addresses and cached for minutes. A failed read drops no key: otherwise
 * anybody could drop them with a token of an unknown key, while the issuer is down.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  readonly #reads = new Map<string, KeysRead>();
  readonly #running = new Map<string, Promise<KeysRead>>();
  readonly #failures = new Map<string, FailedRead>();

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  /**
   * The issuer's keys. They are read again when none is `isWanted`: the issuer may have changed them. While they can't be
   * read, those of the last read are returned for an hour where one is wanted.
   * @throws {IssuerUnavailable}
   */
  async keysOf(address: IssuerAddress, isWanted: (key: PublicJwk) => boolean): Promise<readonly PublicJwk[]> {
    const name = `${address.issuer} ${address.jwksUri ?? ""}`;
    const last = this.#reads.get(name);
    const age = last === undefined ? Number.POSITIVE_INFINITY : this.#options.now() - last.at;
    const hasWanted = last?.keys.some(isWanted) ?? false;
    if (last !== undefined && age < (hasWanted ? FRESH_MS : PAUSE_MS)) return last.keys;
    try {
      return (await this.#readOnce(name, address)).keys;
    } catch (error) {
      if (last === undefined || !hasWanted || age >= LONGEST_OUTAGE_MS) throw error;
      return last.keys;
    }
  }

  /** Requests at the same time share one read. Without any keys no pause delays the first read that succeeds. */
  async #readOnce(name: string, address: IssuerAddress): Promise<KeysRead> {
    const running = this.#running.get(name);
    if (running !== undefined) return await running;
    const failure = this.#failures.get(name);
    const pauses = failure !== undefined && this.#reads.has(name);
    if (pauses && this.#options.now() - failure.at < FAILURE_PAUSE_MS) throw failure.error;
    const read = this.#readAndStore(name, address);
    this.#running.set(name, read);
    try {
      return await read;
    } finally {
      this.#running.delete(name);
    }
  }

  async #readAndStore(name: string, address: IssuerAddress): Promise<KeysRead> {
    const at = this.#options.now();
    try {
      const read = { keys: await this.#read(address), at };
      this.#reads.set(name, read);
      this.#failures.delete(name);
      return read;
    } catch (error) {
      this.#failures.set(name, { error, at: this.#options.now() });
      throw error;
    }
  }

  async #read({ issuer, jwksUri }: IssuerAddress): Promise<readonly PublicJwk[]> {
    const { read } = this.#options;
    const url = jwksUri ?? (await this.#discover(issuer));
    const set = KeySet.safeParse(await read(url));
    if (!set.success) throw new IssuerUnavailable(url, `it is no set of at most ${MAX_KEYS} keys`);
    return set.data.keys.flatMap((key) => PublicJwk.safeParse(key).data ?? []);
  }

  async #discover(issuer: string): Promise<string> {
    const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const document = Discovery.safeParse(await this.#options.read(url));
    if (!document.success || document.data.issuer !== issuer)
      throw new IssuerUnavailable(url, "it is not the discovery document of this issuer");
    const { jwks_uri: jwksUri } = document.data;
    // A key set by plain http is for an issuer by plain http, which is on this machine.
    const isSafe = isSafeIssuerAddress(jwksUri) && (jwksUri.startsWith("https:") || issuer.startsWith("http:"));
    if (!isSafe) throw new IssuerUnavailable(url, "its jwks_uri must be an https address");
    return jwksUri;
  }
}
