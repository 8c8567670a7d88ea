import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";

/** A text of a running stack, and where it lies. */
export interface StoredText {
  readonly location: string;
  readonly text: string;
}

/** All files below a folder, one byte a character; those of gzip as they were before. */
export function filesBelow(folder: string): readonly StoredText[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
      return { location: relative(folder, path), text: (isGzip ? gunzipSync(bytes) : bytes).toString("latin1") };
    });
}

/** All items of a table, as one text. */
export async function tableText(document: DynamoDBDocumentClient, name: string): Promise<StoredText> {
  const texts: string[] = [];
  for (let from: Readonly<Record<string, unknown>> | undefined; ; ) {
    const { Items = [], LastEvaluatedKey } = await document.send(
      new ScanCommand({ TableName: name, ExclusiveStartKey: from, ConsistentRead: true }),
    );
    texts.push(...Items.map((item) => JSON.stringify(item, (_, value) => bytesAsText(value))));
    from = LastEvaluatedKey;
    if (from === undefined) return { location: `table ${name}`, text: texts.join("\n") };
  }
}

function bytesAsText(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value;
}
