import { readFile, writeFile } from "node:fs/promises";
import type { ModelEntry } from "../../catalog/models/catalog-model.ts";

const START = "export const ADDED_MODELS = {";
const END = "} as const satisfies Record<string, CatalogModel>;";

/** Appends an entry to `catalog/models/added.ts`. @throws when the file has another form */
export async function appendEntry(file: string, name: string, entry: ModelEntry): Promise<void> {
  const text = await readFile(file, "utf8");
  const start = text.indexOf(START);
  const end = text.lastIndexOf(END);
  if (start < 0 || end < start) throw new Error(`${file} has no list of ADDED_MODELS; restore it from the repository.`);
  const entries = text.slice(start + START.length, end).trimEnd();
  const imports = text
    .slice(0, start)
    .replace("import type { CatalogModel }", "import { type CatalogModel, catalogEntry }");
  await writeFile(
    file,
    `${imports}${START}${entries}\n  ${JSON.stringify(name)}: catalogEntry(${literal(entry, "  ")}),\n${END}\n`,
  );
}

/** A value as TypeScript, an object's fields on lines of their own. */
function literal(value: unknown, indent: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, indent)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([key, field]) => `${inner}${key}: ${literal(field, inner)},`);
  return `{\n${fields.join("\n")}\n${indent}}`;
}
