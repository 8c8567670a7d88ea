import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "..");

/** The README's complete environment file, its lines without the import. @throws when the README has none */
export function shortestEnvironment(): string {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const text = /```ts\nimport \{ environment \} from "\.\.\/settings\/environment-input\.ts";\n([^`]*)```/.exec(
    readme,
  )?.[1];
  if (text === undefined) throw new Error("README.md has no environment file in a block of TypeScript.");
  return text;
}

/**
 * Writes the README's environment file into a folder outside the repository.
 * @param region in place of the file's own
 * @returns its path
 */
export function writeShortestEnvironment(folder: string, region?: string): string {
  const input = pathToFileURL(join(root, "settings/environment-input.ts")).href;
  const text = shortestEnvironment();
  const own = /name: "([\w-]+)"/.exec(text)?.[1] ?? "short";
  const inRegion = region === undefined ? text : text.replace(/region: "[\w-]+"/, `region: "${region}"`);
  const file = join(folder, `${own}.ts`);
  writeFileSync(file, `import { environment } from ${JSON.stringify(input)};\n${inRegion}`);
  return file;
}
