/** What the branches of a conversation are made of: each turn knows the one that it follows. */
export interface BranchTurn {
  readonly id: number;
  /** Id of the turn before; `undefined` for a first one. */
  readonly after: number | undefined;
}

/** All turns in the order in which they were sent, and the last one of the branch that is shown. */
export interface Branches<T extends BranchTurn> {
  readonly all: readonly T[];
  readonly tip: number | undefined;
}

/** The turns of the branch that is shown, the first one first. */
export function pathOf<T extends BranchTurn>({ all, tip }: Branches<T>): readonly T[] {
  const byId = new Map(all.map((turn) => [turn.id, turn]));
  const path: T[] = [];
  // A turn follows an earlier one, so this ends.
  for (let turn = tip === undefined ? undefined : byId.get(tip); turn !== undefined; ) {
    path.unshift(turn);
    turn = turn.after === undefined ? undefined : byId.get(turn.after);
  }
  return path;
}

/** The turns that follow the same one, the oldest first. @param after id of that turn */
export function followersOf<T extends BranchTurn>(all: readonly T[], after: number | undefined): readonly T[] {
  return all.filter((turn) => turn.after === after);
}

/** Id of the end of the newest branch from a turn on. */
export function newestEnd(all: readonly BranchTurn[], id: number): number {
  const next = followersOf(all, id).at(-1);
  return next === undefined ? id : newestEnd(all, next.id);
}
