import type { ProjectClass } from "../../../contracts/retention/retention.ts";
import type { SubjectData } from "../../../domain/erasure/erased-subject.ts";
import type { IsLate } from "../store/erasable-data.ts";

/** What was changed, and whether all was looked at. */
export interface Settled {
  readonly changed: number;
  readonly isDone: boolean;
}

/** Days of each class; a class without is not looked at. */
export type DaysByClass = Readonly<Partial<Record<ProjectClass, { readonly days: number; readonly usual: number }>>>;

/** Sets when stored data ends. */
export interface ExpiryStore {
  /** Gives all that is stored of a project the end that it has by `days`, counted from when it was stored. It may be done any number of times. */
  settle(project: SubjectData, days: DaysByClass, isLate: IsLate): Promise<Settled>;
}
