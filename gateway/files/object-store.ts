/** Where the bytes of files are. Keys are chosen here, never by a client. */
export interface ObjectStore {
  /** Begins an object; it is not visible under its key before `finish`. */
  upload(key: string): ObjectUpload;
  /**
   * The object's bytes, or a part of them, as they arrive. Each iterator is read to its end or closed with `return`,
   * which also ends a wait for bytes that do not come.
   * @param range first byte, and the one after the last
   * @throws {ObjectMissing}
   */
  read(key: string, range?: { readonly start: number; readonly end: number }): AsyncIterable<Buffer>;
  /** No error when it is not there. */
  delete(key: string): Promise<void>;
}

/** An object that is being written, piece by piece; memory stays at one part. */
export interface ObjectUpload {
  write(bytes: Buffer): Promise<void>;
  /** @returns the object's size in bytes */
  finish(): Promise<number>;
  /** Aborts the object and removes its parts; later writes are rejected. Never rejects. */
  abort(): Promise<void>;
}

export class ObjectMissing extends Error {
  constructor(key: string) {
    super(`There is no object ${key}.`);
    this.name = "ObjectMissing";
  }
}
