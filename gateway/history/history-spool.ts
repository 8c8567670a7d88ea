import { randomBytes } from "node:crypto";
import { readFile, unlink, writeFile } from "node:fs/promises";
import { StoredGeneration } from "../../contracts/history/stored-generation.ts";
import { parseJson } from "../../lib/parse-json.ts";
import type { SpoolFolder } from "../usage/spool-folder.ts";

const LINE_FEED = 0x0a;

/** A generation that waits on disk. */
export interface SpooledGeneration {
  readonly generation: StoredGeneration;
  readonly sealed: Buffer;
}

/** Encrypted generations on disk, one file each: a line of JSON with what is stored in clear, and the sealed content. */
export class HistorySpool {
  readonly #folder: SpoolFolder;

  constructor(folder: SpoolFolder) {
    this.#folder = folder;
  }

  async write({ generation, sealed }: SpooledGeneration): Promise<void> {
    const id = `${generation.at.replaceAll(/[-:.]/g, "")}-${randomBytes(8).toString("hex")}`;
    const line = Buffer.from(`${JSON.stringify(generation)}\n`);
    await writeFile(this.#folder.openPath(id), Buffer.concat([line, sealed]), { flag: "wx", mode: 0o600 });
    this.#folder.close(id);
  }

  /** @returns undefined for a file that was not written to its end, which is deleted */
  async read(path: string): Promise<SpooledGeneration | undefined> {
    const bytes = await readFile(path);
    const end = bytes.indexOf(LINE_FEED);
    const { data: generation } = StoredGeneration.safeParse(parseJson(bytes.toString("utf8", 0, Math.max(0, end))));
    if (generation !== undefined) return { generation, sealed: bytes.subarray(end + 1) };
    await this.remove(path);
    return undefined;
  }

  async remove(path: string): Promise<void> {
    await unlink(path);
  }
}
