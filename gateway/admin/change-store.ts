import type { ChangeKind, TargetChange } from "../../contracts/targets/target-changes.ts";

/** Another writer changed it meanwhile, or it exists where it should not. */
export class VersionConflict extends Error {
  constructor() {
    super("The version is another one.");
    this.name = "VersionConflict";
  }
}

/** The items read; those in a wrong form are listed by their id, and can't be used. */
export interface StoredChanges {
  readonly changes: readonly TargetChange[];
  readonly unreadable: readonly string[];
}

/** The key that makes the change, and the version it replaces: `undefined` for any, 0 for none. */
export interface ChangeAuthor {
  readonly by: string;
  readonly at: Date;
  readonly over: number | undefined;
}

/** Stores the runtime overrides of providers and routes. Every method rejects when the store can't be reached. */
export interface ChangeStore {
  /** A number that moves with every change. */
  version(): Promise<number>;
  all(): Promise<StoredChanges>;
  /** @returns the new version @throws {VersionConflict} */
  put(kind: ChangeKind, name: string, settings: TargetChange["settings"], author: ChangeAuthor): Promise<number>;
  /** @returns whether there was one @throws {VersionConflict} */
  delete(kind: ChangeKind, name: string, over: number | undefined): Promise<boolean>;
}
