import { LRUCache } from "lru-cache";
import { HELD_BY, HELD_TTL } from "../../contracts/retention/stored-items.ts";
import { filesOfSubjectPartition } from "../../domain/erasure/file-partitions.ts";
import type { GatewayKey } from "../keys/key-store.ts";
import type { BatchTable } from "../store/batch-table.ts";

/** A key that stores files each day is noted once a day. */
const NOTED_MS = 86_400_000;
const MAX_NOTED = 10_000;
/** The files of a batch that is created today end after it: a day until the batch ends, and 30 for its results. */
const NOTE_SECONDS = 62 * 86_400;

type NotedKey = Pick<GatewayKey, "keyId" | "owner" | "projectId" | "heldBy">;

/**
 * Notes with which keys users, service accounts and projects have stored files, so that an erasure finds them: a person's
 * keys live for minutes, their files for weeks.
 */
export class FilesOfSubjects {
  readonly #table: BatchTable;
  /** Milliseconds since 1970. */
  readonly #now: () => number;
  readonly #noted = new LRUCache<string, true>({ max: MAX_NOTED, ttl: NOTED_MS });

  constructor(table: BatchTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  /** Before the key's file is stored. */
  async note({ keyId, owner, projectId, heldBy = [] }: NotedKey): Promise<void> {
    if (this.#noted.has(keyId)) return;
    const subjects = [owner?.id, projectId].filter((subject) => subject !== undefined);
    const ttl = Math.ceil(this.#now() / 1000) + NOTE_SECONDS;
    for (const subject of subjects) {
      const end = heldBy.includes(subject) ? { [HELD_TTL]: ttl, [HELD_BY]: new Set([subject]) } : { ttl };
      await this.#table.put({ pk: filesOfSubjectPartition(subject), sk: keyId }, end);
    }
    this.#noted.set(keyId, true);
  }
}
