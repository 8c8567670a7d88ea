import { sign } from "node:crypto";
import type { AuditFault } from "../../../domain/audit/audit-fault.ts";
import type { ChainEntry } from "../../../domain/audit/chain-entry.ts";
import { type ChainEnd, newChain } from "../../../domain/audit/seal.ts";
import { isSignedBy, statementText } from "../../../domain/audit/signed-head.ts";
import { FIRST_MINUTE, memoryStore, sampleEvent, signingKey } from "../../../domain/audit/test/written-chain.ts";
import { verifyChain } from "../../../domain/audit/verify-chain.ts";
import { type SealTools, sealChain } from "../seal-chain.ts";
import type { HeadSigner, StoredChain } from "../sealing-ports.ts";

/** The signing key of a deployment. */
export const KEY = signingKey();
/** The key that replaces it. */
export const NEW_KEY = signingKey();

/** Signs and checks heads with one key. */
export const signerOf = (key: typeof KEY): HeadSigner => ({
  fingerprint: key.fingerprint,
  publicKey: key.key.export({ type: "spki", format: "der" }).toString("base64"),
  sign: async (statement) =>
    sign("sha256", Buffer.from(statementText(statement)), { key: key.privateKey, dsaEncoding: "der" }).toString(
      "base64",
    ),
  verifies: (statement, signature) => isSignedBy({ statement, signature }, key),
});

class Killed extends Error {}

/** A table and a bucket in memory, with a process that ends before or after a chosen call. */
export class Deployment {
  readonly files = new Map<string, Buffer>();
  readonly #events = new Map<string, ChainEntry["event"]>();
  readonly #unsealed: string[] = [];
  #end: ChainEnd = newChain("org-a");
  #version = 0;
  #calls = 0;
  now = FIRST_MINUTE;
  signer = signerOf(KEY);
  /** The call, counted from the first of the run, and whether it still takes effect. */
  kill: { readonly call: number; readonly isDone: boolean } | undefined;

  add(count: number): void {
    for (let index = 0; index < count; index++) {
      const event = sampleEvent(this.#events.size + 1);
      this.#events.set(String(event.id), event);
      this.#unsealed.push(String(event.id));
    }
  }

  get chain(): StoredChain {
    return { end: this.#end, version: this.#version, unsealed: [...this.#unsealed] };
  }

  get eventCount(): number {
    return this.#events.size;
  }

  change(id: string, event: ChainEntry["event"]): void {
    this.#events.set(id, event);
  }

  get tools(): SealTools {
    this.#calls = 0;
    return {
      signer: { ...this.signer, sign: (statement) => this.#step(() => this.signer.sign(statement)) },
      now: () => this.now,
      bucket: {
        putOnce: (key, content) =>
          this.#step(async () => {
            if (!this.files.has(key)) this.files.set(key, Buffer.from(content));
            return String(this.files.get(key));
          }),
      },
      table: {
        chains: async () => [this.chain],
        events: (_, ids) => this.#step(async () => ids.map((id) => this.#events.get(id) ?? {})),
        isCurrent: async ({ version }) => version === this.#version,
        advance: ({ version }, end, sealed) =>
          this.#step(async () => {
            if (version !== this.#version) return false;
            this.#version++;
            this.#end = end;
            for (const id of sealed) this.#unsealed.splice(this.#unsealed.indexOf(id), 1);
            return true;
          }),
      },
    };
  }

  async #step<T>(call: () => Promise<T>): Promise<T> {
    this.#calls++;
    if (this.kill?.call !== this.#calls) return call();
    if (this.kill.isDone) await call();
    throw new Killed();
  }

  async minute(): Promise<void> {
    this.now += 60_000;
    await sealChain(this.chain, this.tools).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    this.kill = undefined;
  }

  async verify() {
    const faults: AuditFault[] = [];
    const report = (fault: AuditFault) => void faults.push(fault);
    const summary = await verifyChain("org-a", {
      store: memoryStore(this.files),
      keys: [KEY, NEW_KEY],
      until: this.now,
      report,
    });
    return { faults, entries: summary.entries };
  }

  /** Ids of all sealed events, in their order. */
  get sealed(): readonly string[] {
    const segments = [...this.files].filter(([name]) => name.includes("/segments/"));
    return segments
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([, text]) => String(text).split("\n").slice(0, -1))
      .map((line) => JSON.parse(line).event.id);
  }
}
