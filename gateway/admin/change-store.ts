import type { ChangeKind, TargetChange } from "../../contracts/targets/target-changes.ts";

/** Another writer changed it meanwhile, or it exists where it should not. */
export class VersionConflict extends Error {
  constructor() {
    super("The version is another one.");
    this.name = "VersionConflict";
  }
}

/** The table has changed since it was read: whether a change is right has to be looked at anew. */
export class TableMoved extends Error {
  constructor() {
    super("The table has changed since it was read.");
    this.name = "TableMoved";
  }
}

/** The items read; those in a wrong form are listed by their id, and can't be used. */
export interface StoredChanges {
  readonly changes: readonly TargetChange[];
  readonly unreadable: readonly string[];
}

/** The key that makes the change and whose it is, the version it replaces (`undefined` for any, 0 for none), and the count of changes it was checked at. */
export interface ChangeAuthor {
  readonly by: string;
  /** Id of a user or service account. @default - it is of nobody */
  readonly owner?: string | undefined;
  readonly at: Date;
  readonly over: number | undefined;
  readonly seen: number;
}

/** Stores the runtime overrides of providers and routes. Every method rejects when the store can't be reached. */
export interface ChangeStore {
  /** A number that moves with every change. */
  version(): Promise<number>;
  all(): Promise<StoredChanges>;
  /** @returns the new version, which no item had before @throws {VersionConflict} @throws {TableMoved} */
  put(kind: ChangeKind, name: string, settings: TargetChange["settings"], author: ChangeAuthor): Promise<number>;
  /** @returns whether there was one @throws {VersionConflict} @throws {TableMoved} */
  delete(kind: ChangeKind, name: string, author: Pick<ChangeAuthor, "over" | "seen">): Promise<boolean>;
}
