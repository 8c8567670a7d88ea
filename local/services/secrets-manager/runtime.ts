import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";

/** Secrets Manager: texts by name. */
export class SecretsManagerRuntime {
  readonly #file: string | undefined;
  readonly #secrets: Map<string, string>;

  /** @param file where secrets are stored between runs, readable by the user alone; `undefined` is in memory */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#secrets = new Map(file === undefined ? [] : storedSecrets(file));
  }

  get(name: string): string | undefined {
    return this.#secrets.get(name);
  }

  put(name: string, text: string): void {
    this.#secrets.set(name, text);
    this.#store();
  }

  delete(name: string): void {
    this.#secrets.delete(name);
    this.#store();
  }

  #store(): void {
    const file = this.#file;
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    const next = `${file}.new`;
    writeFileSync(next, `${JSON.stringify(Object.fromEntries(this.#secrets), null, 2)}\n`, { mode: 0o600 });
    chmodSync(next, 0o600); // The mode above is for a new file only.
    renameSync(next, file);
  }
}

export interface WithSecretsManager {
  readonly secretsManager: SecretsManagerRuntime;
}

/** An absent file has none; so has one that can't be read, which the next change replaces. */
function storedSecrets(file: string): readonly (readonly [string, string])[] {
  try {
    const stored = parseJson(readFileSync(file, "utf8"));
    if (!isRecord(stored)) return [];
    return Object.entries(stored).flatMap(([name, text]) => (typeof text === "string" ? [[name, text] as const] : []));
  } catch {
    return [];
  }
}
