import { type ProviderSettings, providerKeyVariable } from "../../contracts/targets/target-settings.ts";

/** Reads what a credential refers to. */
export interface SecretReader {
  /** A secret of Secrets Manager as text. Rejects when it can't be read. */
  secret(secretId: string): Promise<string>;
  /** A variable of the process's environment. */
  variable(name: string): string | undefined;
}

/** Where no provider has a key. */
export const NO_SECRETS: SecretReader = {
  secret: () => Promise.reject(new Error("There is no reader of secrets.")),
  variable: () => undefined,
};

/** A rotated secret is in use within this time; Secrets Manager takes 0.05 dollars for 10,000 reads. */
const REFRESH_MS = 300_000;
/** While there is none, or one that the provider refused. */
const RETRY_MS = 10_000;

export interface ProviderCredentialOptions {
  readonly provider: string;
  readonly credential: ProviderSettings["credential"];
  readonly reader: SecretReader;
  /** @param problem why it can't be read, without the secret */
  readonly onProblem: (problem: string) => void;
  readonly now: () => number;
}

/** A provider's key, in memory only, read again every five minutes and when the provider refuses it. */
export class ProviderCredential {
  readonly #options: ProviderCredentialOptions;
  #key: string | undefined = undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<boolean> | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  #isStopped = false;

  constructor(options: ProviderCredentialOptions) {
    this.#options = options;
  }

  /** `undefined` where none is needed, and while it could not be read. */
  get key(): string | undefined {
    return this.#key;
  }

  get isReady(): boolean {
    return this.#key !== undefined || this.#options.credential.from === "none";
  }

  /** Reads it now and then every five minutes. Resolves after the first read, whatever its result. */
  async start(): Promise<void> {
    if (this.#options.credential.from === "none" || this.#isStopped) return;
    await this.#read();
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** The provider refused it. @returns whether there is a new one now */
  async renew(): Promise<boolean> {
    if (this.#options.credential.from !== "secret") return false;
    if (this.#reading !== undefined) return await this.#reading;
    if (this.#options.now() - this.#readAt < RETRY_MS) return false;
    return await this.#read();
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.start(), this.isReady ? REFRESH_MS : RETRY_MS);
    this.#timer.unref();
  }

  /** Calls at the same time share one read. */
  #read(): Promise<boolean> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<boolean> {
    const { credential, provider, reader, now, onProblem } = this.#options;
    this.#readAt = now();
    const before = this.#key;
    try {
      if (credential.from === "secret") this.#key = checked(await reader.secret(credential.secretId));
      if (credential.from === "environment") this.#key = checked(reader.variable(providerKeyVariable(provider)) ?? "");
    } catch (error) {
      onProblem(error instanceof UnusableKey ? error.message : `its secret can't be read (${nameOf(error)})`);
    }
    return this.#key !== before;
  }
}

class UnusableKey extends Error {}

/** One line of visible characters: anything else could not be a header. @throws without the text */
function checked(text: string): string {
  const key = text.trim();
  if (!/^[\x21-\x7e]{1,4096}$/.test(key))
    throw new UnusableKey(key === "" ? "its key is empty or not there" : "its key is not one line of visible ASCII");
  return key;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}
