import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../lib/parse-json.ts";
import { textOfFileIfAny } from "../terminal/named-file.ts";
import { UserError } from "../terminal/user-error.ts";
import type { ModelSource } from "./hub-client.ts";

/** The index of the largest models has some megabytes. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

const Index = z.object({ metadata: z.object({ total_size: z.number() }) });

/**
 * Reads a folder of weights as the hub has them: config.json, the card's licence, and the size of the safetensors.
 * @throws {UserError} when config.json or safetensors are missing
 */
export async function readFolderModel(folder: string): Promise<ModelSource> {
  const config = textOf(join(folder, "config.json"));
  if (config === undefined) throw new UserError(`${folder} has no config.json, from which the sizes follow; add it.`);
  const card = textOf(join(folder, "README.md"));
  return {
    commit: undefined,
    licence: licenceOf(card ?? ""),
    pipeline: undefined,
    config: parseJson(config),
    weightBytes: await weightBytes(folder),
  };
}

/** The licence in the head of a model's card. */
function licenceOf(card: string): string | undefined {
  const head = card.startsWith("---\n") ? (card.slice(4).split("\n---")[0] ?? "") : "";
  const field = (name: string) => new RegExp(`^${name}: *"?([\\w.-]+)"?$`, "m").exec(head)?.[1];
  return field("license_name") ?? field("license");
}

async function weightBytes(folder: string): Promise<number> {
  const index = Index.safeParse(parseJson(textOf(join(folder, "model.safetensors.index.json")) ?? ""));
  if (index.success) return index.data.metadata.total_size;
  const names = (await readdir(folder)).filter((name) => name.endsWith(".safetensors"));
  if (names.length === 0)
    throw new UserError(`${folder} has no *.safetensors, which is what vLLM loads; convert the weights.`);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function textOf(path: string): string | undefined {
  return textOfFileIfAny(path, MAX_TEXT_BYTES);
}
