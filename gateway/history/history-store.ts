import type { StoredGeneration } from "../../contracts/history/stored-generation.ts";

/** A subject was erased: nothing of it is stored any more. */
export class ErasedSubject extends Error {}

/** Where generations are stored. */
export interface HistoryStore {
  /**
   * The data key of a subject, made where it has none. It is looked up again after seconds, so that one that was erased is
   * used no more.
   * @throws {ErasedSubject}
   */
  dataKey(subject: string): Promise<Buffer>;
  /** Stores a generation, unless one of its subjects was erased; a second time changes nothing. Rejects when that is not certain. */
  put(generation: StoredGeneration, sealed: Buffer): Promise<void>;
}
