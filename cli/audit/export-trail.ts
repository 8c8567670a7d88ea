import { parseEntry } from "../../domain/audit/chain-entry.ts";
import { sortedFiles } from "../../domain/audit/chain-files.ts";
import type { ChainStore } from "../../domain/audit/chain-store.ts";
import { fileLines } from "../../domain/audit/file-lines.ts";
import { ocsfOfEntry } from "../../domain/audit/ocsf/ocsf-of-entry.ts";
import { UserError } from "../terminal/user-error.ts";

export interface ExportOptions {
  /** Organisations. @default - all */
  readonly chain?: readonly string[] | undefined;
  /** OCSF records. @default - entries of the trail as they are */
  readonly ocsf?: boolean | undefined;
}

/**
 * The entries of a trail as JSON Lines, chain after chain in their order. It does not verify them.
 * @throws {UserError} where an organisation is not there, or a line is no entry
 */
export async function* exportedLines(
  store: ChainStore,
  { chain: wanted, ocsf = false }: ExportOptions,
): AsyncGenerator<string> {
  const chains = (await store.chains()).toSorted();
  const missing = (wanted ?? []).filter((chain) => !chains.includes(chain));
  if (missing.length > 0)
    throw new UserError(
      `--chain must name organisations of the trail, got ${missing.join(", ")}; it has ${chains.join(", ") || "none"}.`,
    );
  for (const chain of wanted ?? chains)
    for (const { name } of sortedFiles((await store.files(chain)).map(({ name }) => name)).segments)
      for await (const lines of fileLines(store.read(chain, name)))
        for (const { bytes } of lines) yield lineOf(bytes.toString(), `${chain}/${name}`, ocsf);
}

function lineOf(text: string, file: string, ocsf: boolean): string {
  const entry = parseEntry(text);
  if (entry === undefined)
    throw new UserError(`${file} has a line that is no entry of an audit trail; \`sluice audit verify\` says more.`);
  return ocsf ? JSON.stringify(ocsfOfEntry(entry)) : text;
}
