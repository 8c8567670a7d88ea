import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { type ColumnType, USAGE_COLUMNS, type UsageColumn } from "../../contracts/usage/usage-columns.ts";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";

const PARQUET_TYPES = {
  bigint: "INT64",
  boolean: "BOOLEAN",
  double: "DOUBLE",
  int: "INT32",
  string: "STRING",
  timestamp: "TIMESTAMP",
} as const satisfies Readonly<Record<ColumnType, string>>;

/** Rows of a group, which Parquet's readers skip or read as a whole. */
const ROW_GROUP = 100_000;

/** A file of Parquet with usage events, compressed by Snappy. A column without a value has null. */
export class ParquetFile {
  readonly #bytes = new ByteWriter();
  readonly #writer = new ParquetWriter({
    writer: this.#bytes,
    schema: schemaFromColumnData({ columnData: columnsOf([]) }),
    createdBy: "sluice",
  });
  #rows: UsageEvent[] = [];

  async add(events: readonly UsageEvent[]): Promise<void> {
    for (const event of events) this.#rows.push(event);
    if (this.#rows.length >= ROW_GROUP) await this.#writeGroup();
  }

  async finish(): Promise<Uint8Array> {
    if (this.#rows.length > 0) await this.#writeGroup();
    await this.#writer.finish();
    return new Uint8Array(this.#bytes.getBuffer());
  }

  async #writeGroup(): Promise<void> {
    const rows = this.#rows.toSorted((a, b) => (a.endedAt < b.endedAt ? -1 : 1));
    this.#rows = [];
    await this.#writer.write({ columnData: columnsOf(rows), rowGroupSize: rows.length });
  }
}

function columnsOf(rows: readonly UsageEvent[]) {
  return USAGE_COLUMNS.map((column) => ({
    name: column.name,
    type: PARQUET_TYPES[column.type],
    nullable: true,
    data: rows.map((row) => cellOf(row, column)),
  }));
}

function cellOf(row: UsageEvent, { field, type }: UsageColumn): unknown {
  const value = row[field];
  if (value === undefined) return null;
  if (type === "timestamp") return new Date(String(value));
  return type === "bigint" ? BigInt(value) : value;
}
