import type { SubjectData } from "../../../domain/erasure/erased-subject.ts";
import type { IsLate } from "../store/erasable-data.ts";
import type { FileEraser } from "../store/file-eraser.ts";
import { eachPartition, type SubjectHolds } from "../store/subject-holds.ts";

export interface StoresOfHolds {
  /** @default - the environment stores none */
  readonly responses: SubjectHolds | undefined;
  /** Holds of files and batches, and the keys with which a subject has stored them. @default - the environment has none */
  readonly files: { readonly holds: SubjectHolds; readonly noted: Pick<FileEraser, "keyIds"> } | undefined;
}

/** Keeps what gateways store of a subject beside the history. */
export class StoredHolds implements SubjectHolds {
  readonly #stores: StoresOfHolds;

  constructor(stores: StoresOfHolds) {
    this.#stores = stores;
  }

  hold(subject: SubjectData, isLate: IsLate): Promise<number | undefined> {
    return this.#each(subject, (store, found) => store.hold(found, isLate));
  }

  release(subject: SubjectData, isLate: IsLate): Promise<number | undefined> {
    return this.#each(subject, (store, found) => store.release(found, isLate));
  }

  async #each(
    subject: SubjectData,
    change: (store: SubjectHolds, found: SubjectData) => Promise<number | undefined>,
  ): Promise<number | undefined> {
    const { responses, files } = this.#stores;
    const noted = (await files?.noted.keyIds(subject.id)) ?? [];
    const found = { ...subject, keyIds: [...new Set([...subject.keyIds, ...noted])] };
    return await eachPartition([responses, files?.holds], async (store) =>
      store === undefined ? 0 : await change(store, found),
    );
  }
}
