import * as z from "zod";
import { isSafeIssuerAddress } from "../../../contracts/processes/workloads.ts";
import { IssuerUnavailable } from "./fetch-document.ts";
import { PublicJwk } from "./signature.ts";

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.string() });
const MAX_KEYS = 100;
/** Keys that have not the form of a public key, as those for encryption by a newer method, are left out. */
const KeySet = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS) });

/** The keys of an issuer are read again after ten minutes. */
const FRESH_MS = 600_000;
/** For a key that is not among those of the last read, they are read again, at most so often. */
const PAUSE_MS = 30_000;

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

interface Entry {
  readonly keys: Promise<readonly PublicJwk[]>;
  readonly readAt: number;
}

/** Public keys of issuers, read from their addresses and cached for minutes. */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  /**
   * The issuer's keys. They are read again when none is `isWanted`: the issuer may have changed them.
   * @throws {IssuerUnavailable}
   */
  async keysOf(address: IssuerAddress, isWanted: (key: PublicJwk) => boolean): Promise<readonly PublicJwk[]> {
    const { now } = this.#options;
    const name = `${address.issuer} ${address.jwksUri ?? ""}`;
    const entry = this.#entries.get(name);
    const age = entry === undefined ? Number.POSITIVE_INFINITY : now() - entry.readAt;
    if (entry === undefined || age >= FRESH_MS) return await this.#readAgain(name, address);
    const keys = await entry.keys;
    return age < PAUSE_MS || keys.some(isWanted) ? keys : await this.#readAgain(name, address);
  }

  async #readAgain(name: string, address: IssuerAddress): Promise<readonly PublicJwk[]> {
    const entry = { keys: this.#read(address), readAt: this.#options.now() };
    this.#entries.set(name, entry);
    try {
      return await entry.keys;
    } catch (error) {
      if (this.#entries.get(name) === entry) this.#entries.delete(name);
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
