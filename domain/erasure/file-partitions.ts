const FILES = "files/";
const HELD = "held/";

/** Partition of the files and batches of a key, in the table of batches. @param owner id of the key */
export function ownerPartition(owner: string): string {
  return `owner#${owner}`;
}

/** Partition of the slices of a batch. */
export function batchPartition(id: string): string {
  return `batch#${id}`;
}

/** Partition of the batches that are not over. */
export const QUEUE_PARTITION = "queue";

/** Partition of the ids of keys with which a user, service account or project has stored files: keys of people end, and files stay. */
export function filesOfSubjectPartition(subject: string): string {
  return `subject#${subject}`;
}

/** Beginning of the objects with the content of a key's files. */
export function filesPrefix(owner: string): string {
  return `${FILES}${encodeURIComponent(owner)}/`;
}

/** Key of the copy of a held file's content, which no lifecycle rule deletes; the key itself for what is no file. @param objectKey of the file */
export function heldFileKey(objectKey: string): string {
  return objectKey.startsWith(FILES) ? `${HELD}${objectKey.slice(FILES.length)}` : objectKey;
}

/** Beginning of the objects with the parts of a batch's files. */
export function partsPrefix(batchId: string): string {
  return `parts/${batchId}/`;
}
