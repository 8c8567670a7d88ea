import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { parseJson } from "../../lib/parse-json.ts";
import { takeLock } from "../../local/setup/process-lock.mjs";
import { UserError } from "../terminal/user-error.ts";

/** A person's login at one API. */
export const Login = z.object({
  issuer: z.string(),
  clientId: z.string(),
  /** As the issuer names the person. */
  person: z.string(),
  /** @default - the issuer gave none: the login ends with its key */
  refreshToken: z.string().optional(),
  /** The project of the keys. @default - the person's only one */
  projectId: z.string().optional(),
  /** The last key, and when it ends, in milliseconds since 1970. */
  key: z.object({ secret: z.string(), expiresAt: z.number(), projectId: z.string().optional() }).optional(),
});
export type Login = z.infer<typeof Login>;

const Stored = z.object({ logins: z.record(z.string(), Login) });

const LOCK_WAIT_MS = 30_000;
const POLL_MS = 50;

/** Folder of the logins: `$XDG_STATE_HOME/sluice`, by default `~/.local/state/sluice`. */
export function loginFolder(variables: Readonly<Record<string, string | undefined>>): string {
  return join(variables.XDG_STATE_HOME || join(homedir(), ".local", "state"), "sluice");
}

/** Logins by the address of their API, in a file that its owner alone can read. */
export class LoginStore {
  readonly #folder: string;
  readonly #file: string;
  readonly #lock: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, "logins.json");
    this.#lock = join(folder, "logins.lock");
  }

  /** @throws {UserError} when the file can't be read */
  read(url: string): Login | undefined {
    return this.#all()[nameOf(url)];
  }

  /** Stores a login; `undefined` removes it. Only while the lock is held. */
  write(url: string, login: Login | undefined): void {
    const { [nameOf(url)]: _, ...others } = this.#all();
    const logins = login === undefined ? others : { ...others, [nameOf(url)]: login };
    const next = `${this.#file}.${process.pid}`;
    writeFileSync(next, `${JSON.stringify({ logins }, null, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.#file);
  }

  /**
   * Runs `work` while no other process changes logins: of two that refresh at once, the second one would use a refresh
   * token that was used before, and the issuer would end the login.
   * @throws {UserError} when another process holds the lock for 30 s
   */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    chmodSync(this.#folder, 0o700);
    let lock = takeLock(this.#lock);
    for (let waited = 0; lock === undefined; waited += POLL_MS) {
      if (waited >= LOCK_WAIT_MS)
        throw new UserError(
          `Another sluice command holds ${this.#lock}; wait for it, or remove the file if none runs.`,
        );
      await sleep(POLL_MS);
      lock = takeLock(this.#lock);
    }
    try {
      return await work();
    } finally {
      lock.release();
    }
  }

  #all(): Readonly<Record<string, Login>> {
    const text = textOf(this.#file);
    if (text === undefined) return {};
    const stored = Stored.safeParse(parseJson(text));
    if (stored.success) return stored.data.logins;
    throw new UserError(`${this.#file} is not a file of logins; remove it and run \`sluice login\` again.`);
  }
}

function nameOf(url: string): string {
  return url.replace(/\/+$/, "");
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
