declare module "dynalite/db/index.js" {
  interface Schema {
    readonly KeySchema: readonly { readonly AttributeName: string }[];
    readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: "S" }[];
  }
  interface ItemStore {
    batch(
      operations: readonly { readonly type: "put"; readonly key: string; readonly value: object }[],
      done: (error: Error | null) => void,
    ): void;
  }
  /** The tables of a folder, as dynalite stores them. */
  interface Store {
    getItemDb(table: string): ItemStore;
    readonly db: { close(): Promise<void> };
  }
  const store: {
    create(options: { readonly path: string }): Store;
    /** The key under which an item is stored. */
    createKey(item: object, table: Schema): string;
  };
  export default store;
}
