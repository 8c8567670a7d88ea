import type { ChangeKind, TargetChange } from "../../contracts/targets/target-changes.ts";

/** Somebody else changed it meanwhile, or it is there where it should not be. */
export class VersionConflict extends Error {
  constructor() {
    super("The version is another one.");
    this.name = "VersionConflict";
  }
}

/** What was read: items that have not the form of one are told apart by their id, and can't be used. */
export interface StoredChanges {
  readonly changes: readonly TargetChange[];
  readonly unreadable: readonly string[];
}

/** Whose change it is, and over which version: `undefined` for any, 0 for none. */
export interface ChangeAuthor {
  readonly by: string;
  readonly at: Date;
  readonly over: number | undefined;
}

/** Where providers, routes and overrides are kept that were changed at run time. Every method rejects when it can't be asked. */
export interface ChangeStore {
  /** A number that moves with every change. */
  version(): Promise<number>;
  all(): Promise<StoredChanges>;
  /** @returns the new version @throws {VersionConflict} */
  put(kind: ChangeKind, name: string, settings: TargetChange["settings"], author: ChangeAuthor): Promise<number>;
  /** @returns whether there was one @throws {VersionConflict} */
  delete(kind: ChangeKind, name: string, over: number | undefined): Promise<boolean>;
}
