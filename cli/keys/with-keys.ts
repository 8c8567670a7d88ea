import type { KeyRegistry } from "./key-registry.ts";
import type { KeyTable, KeyTableOptions } from "./key-table.ts";
import { keyTableError } from "./key-table-error.ts";

/** What commands on keys need. */
export interface KeysTools {
  print(text: string): void;
  table(options: KeyTableOptions): Promise<KeyTable>;
  registry(table: KeyTable): KeyRegistry;
  now(): Date;
}

/** Runs an operation on a table's keys and explains AWS's errors. */
export async function withKeys<T>(
  table: KeyTable,
  tools: KeysTools,
  use: (keys: KeyRegistry) => Promise<T>,
): Promise<T> {
  try {
    return await use(tools.registry(table));
  } catch (error) {
    throw keyTableError(error, table);
  }
}
