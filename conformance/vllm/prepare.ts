import { spawn } from "node:child_process";
import { once } from "node:events";
import { freemem } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const ENVIRONMENTS = join(import.meta.dirname, "../environment");
/** Two engines of 4.4 GB each, and as much as the rest of the stack and the scenarios take. */
const BYTES_FOR_TWO = 11e9;

/** vLLM set up on this machine, or the reason why it can't run here. */
export type PreparedVllm = { readonly python: string; readonly environmentFile: string } | { readonly missing: string };

/** Sets vLLM up where it is not, and chooses the environment by the memory that is free. */
export async function prepareVllm(): Promise<PreparedVllm> {
  const child = spawn(process.execPath, ["engine/vllm/set-up.ts"], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    process.stderr.write(chunk);
    errors += chunk.toString();
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) return { missing: errors.trim().split("\n").at(-1) ?? "vLLM could not be set up" };
  const [python = ""] = output.trim().split("\n").slice(-2);
  const isRoomy = freemem() >= BYTES_FOR_TWO;
  return { python, environmentFile: join(ENVIRONMENTS, isRoomy ? "two-engines" : "one-engine", "dev.ts") };
}
