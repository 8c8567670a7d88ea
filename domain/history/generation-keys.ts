import type { StoredGeneration } from "../../contracts/history/stored-generation.ts";

/** Keys of an item of the history table. */
export interface HistoryKey {
  readonly partition: string;
  readonly entry: string;
}

type Listed = Pick<StoredGeneration, "id" | "at">;
type Owned = Pick<StoredGeneration, "keyId" | "ownerId" | "projectId">;

/** Whose data key ends the content of a generation: its owner's, which is the key where it has none, and its project's. */
export function subjectsOf({ keyId, ownerId, projectId }: Owned): readonly string[] {
  return [ownerOf({ keyId, ownerId }), ...(projectId === undefined ? [] : [projectId])];
}

/** The user or service account of a generation; the key where it has none. */
export function ownerOf({ keyId, ownerId }: Pick<Owned, "keyId" | "ownerId">): string {
  return ownerId ?? `key_${keyId}`;
}

/** Subject of the item of the data keys' table that exists once a subject was erased: no data key of it is used or made. */
export function erasedSubject(subject: string): string {
  return `erased#${subject}`;
}

/** Subject of the item of the data keys' table that exists while a subject is held: nothing of it expires. */
export function heldSubject(subject: string): string {
  return `held#${subject}`;
}

/** Attribute of an item whose subject is held: its time to live afterwards, in Unix seconds. */
export const HELD_EXPIRY = "heldExpiry";

/** Partition of the list of what a subject's data key encrypts. */
export function listPartition(subject: string): string {
  return `list#${subject}`;
}

/** Sort key in a list: in the order of time. */
export function listEntry({ at, id }: Listed): string {
  return `${at}#${id}`;
}

/** Key of one part of a generation's content, from 0; the first has what is stored in clear too. */
export function partKey(id: string, part: number): HistoryKey {
  return { partition: `generation#${id}`, entry: String(part).padStart(3, "0") };
}

/**
 * All items of a generation.
 * @param foundBy subject in whose list it was found: that entry is the last one, so that work that ends in the middle finds it again
 */
export function generationItems(
  generation: Listed & Owned & Pick<StoredGeneration, "parts">,
  foundBy: string,
): readonly HistoryKey[] {
  const { id, parts } = generation;
  const others = subjectsOf(generation).filter((subject) => subject !== foundBy);
  return [
    ...Array.from({ length: parts }, (_, part) => partKey(id, part)),
    ...[...others, foundBy].map((subject) => ({ partition: listPartition(subject), entry: listEntry(generation) })),
  ];
}
