import { spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { MANIFEST_FILE, SIGNATURE_FILE, WeightsManifest } from "../../contracts/engine/weights-manifest.ts";
import { OWN_FOLDER } from "../../lib/installation.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { textOfFileIfAny } from "../terminal/named-file.ts";
import { UserError } from "../terminal/user-error.ts";

export interface SignOptions {
  /** Private key in PEM. */
  readonly key: string;
  /** Whether the weights are in Mistral's own form. */
  readonly isMistral: boolean;
}

/**
 * Writes the signed manifest into a folder, by `ami/sign-manifest.sh`. @returns what it reports
 * @throws {UserError} with its refusal
 */
export function signFolder(folder: string, name: string, { key, isMistral }: SignOptions): Promise<string> {
  const script = join(OWN_FOLDER, "ami/sign-manifest.sh");
  const child = spawn("bash", [script, ...(isMistral ? ["--mistral"] : []), folder, name, key], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new UserError(`bash can't be run (${error.message}); install it.`)));
    child.once("close", (code) => {
      if (code !== 0) return reject(new UserError(errors.trim() || `sign-manifest.sh ended with ${code}`));
      resolve([...errors.trim().split("\n"), output.split(";")[0] ?? ""].filter((line) => line !== "").join("\n"));
    });
  });
}

/** Ten thousand files. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/**
 * The manifest of a signed folder, whose files have the sizes in it.
 * @throws {UserError} when it is not signed, is for another location, or a file differs
 */
export async function readSignedFolder(folder: string, name: string): Promise<WeightsManifest> {
  const text = textOfFileIfAny(join(folder, MANIFEST_FILE), MAX_MANIFEST_BYTES);
  const signature = await sizeOf(join(folder, SIGNATURE_FILE));
  if (text === undefined || signature === undefined)
    throw new UserError(
      `${folder} has no ${text === undefined ? MANIFEST_FILE : SIGNATURE_FILE}: engines load signed weights alone; ` +
        "sign them with --key private.pem.",
    );
  const parsed = WeightsManifest.safeParse(parseJson(text));
  if (!parsed.success)
    throw new UserError(`${folder}/${MANIFEST_FILE} has another form: ${z.prettifyError(parsed.error)}; sign again.`);
  if (parsed.data.name !== name)
    throw new UserError(
      `${folder} is signed for ${parsed.data.name}, and this is ${name}; sign it for this location with --key private.pem.`,
    );
  for (const { path, bytes } of parsed.data.files) {
    const size = await sizeOf(join(folder, path));
    if (size !== bytes)
      throw new UserError(
        `${path} ${size === undefined ? "is missing" : `has ${size} bytes`}, and ${bytes} were signed; sign the folder again.`,
      );
  }
  return parsed.data;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}
