import type { ErasedCounts } from "../../../contracts/erasure/erasure.ts";
import type { SubjectData } from "../../../domain/erasure/erased-subject.ts";
import { eachOf } from "./each-of.ts";
import type { FileEraser } from "./file-eraser.ts";
import type { HistorySource } from "./history-source.ts";
import type { ResponseEraser } from "./response-eraser.ts";
import type { SubjectHolds } from "./subject-holds.ts";

/** What was deleted, and whether nothing was left when it ended. */
export interface Swept {
  readonly counts: Partial<ErasedCounts>;
  readonly isDone: boolean;
}

/** Whether the time of a run is over: then it deletes no more, and the next one goes on. */
export type IsLate = () => boolean;

/** Deletes what gateways store of subjects. */
export interface ErasableData {
  /** Keeps what is stored beside the history. */
  readonly holds: SubjectHolds;
  /** Ends the data key first, and then deletes until nothing is left or it is late. */
  sweep(subject: SubjectData, isLate: IsLate): Promise<Swept>;
}

export interface StoresOfData {
  /** @default - the environment stores none */
  readonly history: HistorySource | undefined;
  /** @default - the environment stores none */
  readonly responses: ResponseEraser | undefined;
  /** @default - the environment has none */
  readonly files: FileEraser | undefined;
  readonly holds: SubjectHolds;
}

const PAGE = 100;
/** Generations that are deleted at once, each with some four requests. */
const CONCURRENCY = 20;

/** Deletes from the tables and the bucket of gateways. */
export class StoredData implements ErasableData {
  readonly #stores: StoresOfData;

  readonly holds: SubjectHolds;

  constructor(stores: StoresOfData) {
    this.holds = stores.holds;
    this.#stores = stores;
  }

  async sweep(subject: SubjectData, isLate: IsLate): Promise<Swept> {
    const { history, responses, files } = this.#stores;
    const dataKeys = (await history?.eraseKey(subject.id)) ? 1 : 0;
    const keyIds = [...new Set([...subject.keyIds, ...((await files?.keyIds(subject.id)) ?? [])])];
    const found = { ...subject, keyIds };
    // One after another, so that each of them has the time that is left.
    const deletedFiles = await files?.erase(found, isLate);
    const deletedResponses = await responses?.erase(found, isLate);
    const generations = history && (await eraseGenerations(history, subject.id, isLate));
    return {
      counts: {
        data_keys: dataKeys,
        ...deletedFiles?.counts,
        ...deletedResponses?.counts,
        generations: generations?.deleted ?? 0,
      },
      isDone: [deletedFiles, deletedResponses, generations].every((one) => one?.isDone ?? true),
    };
  }
}

async function eraseGenerations(history: HistorySource, subject: string, isLate: IsLate) {
  let deleted = 0;
  let after: string | undefined;
  do {
    if (isLate()) return { deleted, isDone: false };
    const { generations, next } = await history.list(subject, after, PAGE);
    deleted += await eachOf(generations, CONCURRENCY, (generation) => history.remove(generation, subject));
    after = next;
  } while (after !== undefined);
  return { deleted, isDone: true };
}
