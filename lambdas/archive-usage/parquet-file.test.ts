import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { USAGE_COLUMNS } from "../../contracts/usage/usage-columns.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { ParquetFile } from "./parquet-file.ts";

async function fileOf(count: number): Promise<ArrayBuffer> {
  const file = new ParquetFile();
  for (let start = 0; start < count; start += 2000)
    await file.add(
      Array.from({ length: Math.min(2000, count - start) }, (_, n) =>
        usageEvent({ id: `req_${start + n}`, outputTokens: start + n }),
      ),
    );
  const bytes = await file.finish();
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

test("events of several groups of rows are all there", async () => {
  const file = await fileOf(150_000);
  expect(parquetMetadata(file).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([100_000, 50_000]);
  const rows = await parquetReadObjects({ file, columns: ["id", "output_tokens"] });
  expect(new Set(rows.map(({ id }) => String(id))).size).toBe(150_000);
  expect(rows.reduce((sum, { output_tokens }) => sum + Number(output_tokens), 0)).toBe((149_999 * 150_000) / 2);
});

test("the columns have Athena's names and types, and each may have null", async () => {
  const { schema } = parquetMetadata(await fileOf(1));
  const types = {
    bigint: { type: "INT64" },
    boolean: { type: "BOOLEAN" },
    double: { type: "DOUBLE" },
    int: { type: "INT32" },
    string: { type: "BYTE_ARRAY", converted_type: "UTF8" },
    timestamp: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
  };
  expect(schema.slice(1)).toMatchObject(
    USAGE_COLUMNS.map(({ name, type }) => ({ name, ...types[type], repetition_type: "OPTIONAL" })),
  );
  expect(USAGE_COLUMNS.map(({ name }) => name)).toContain("charge_nano_usd");
});
