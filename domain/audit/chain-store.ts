/** The files of chains, wherever they are. */
export interface ChainStore {
  /** The chains, in any order. */
  chains(): Promise<readonly string[]>;
  /** A chain's files, in any order. */
  files(chain: string): Promise<readonly StoredFile[]>;
  /** The content of a file, in pieces. */
  read(chain: string, name: string): AsyncIterable<Uint8Array>;
}

export interface StoredFile {
  /** Path from the chain's folder, such as `heads/000000000001.json`. */
  readonly name: string;
  /** How it was written again or deleted, as a sentence. @default - it was not, or the store can't know */
  readonly overwritten?: string;
}
