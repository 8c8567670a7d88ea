import type { SubjectData } from "../../../domain/erasure/erased-subject.ts";
import type { IsLate } from "../store/erasable-data.ts";
import type { DaysByClass, ExpiryStore, Settled } from "./expiry-store.ts";
import type { FileExpiry } from "./file-expiry.ts";
import type { HistoryExpiry } from "./history-expiry.ts";
import type { ResponseExpiry } from "./response-expiry.ts";

/** What the environment stores. */
export interface StoresOfExpiry {
  /** @default - the environment stores none */
  readonly history: HistoryExpiry | undefined;
  /** @default - the environment stores none */
  readonly responses: ResponseExpiry | undefined;
  /** Keys with which a project has stored files, those that have ended too. @default - the environment has none */
  readonly files: { readonly expiry: FileExpiry; keyIds(subject: string): Promise<readonly string[]> } | undefined;
}

/** Sets when what gateways store of a project ends. */
export class StoredExpiry implements ExpiryStore {
  readonly #stores: StoresOfExpiry;

  constructor(stores: StoresOfExpiry) {
    this.#stores = stores;
  }

  async settle(project: SubjectData, days: DaysByClass, isLate: IsLate): Promise<Settled> {
    const { history, responses, files } = this.#stores;
    const keyIds = [...new Set([...project.keyIds, ...((await files?.keyIds(project.id)) ?? [])])];
    const all: (Settled | undefined)[] = [];
    if (days.history) all.push(await history?.settle(project.id, days.history.days, isLate));
    if (days.responses) all.push(await responses?.settle({ ...project, keyIds }, days.responses, isLate));
    if (days.files) all.push(await files?.expiry.settle(keyIds, days.files.days, isLate));
    const settled = all.filter((one) => one !== undefined);
    return {
      changed: settled.reduce((sum, one) => sum + one.changed, 0),
      isDone: settled.every((one) => one.isDone),
    };
  }
}
