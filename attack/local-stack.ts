import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalState } from "../contracts/processes/local-state.ts";

const COMMAND = join(import.meta.dirname, "../cli/sluice.ts");
const KEY_NAME = "npm run attack";

/** A gateway of the stack that `npm start` runs. */
export interface LocalGateway {
  readonly url: string;
  readonly pid: number;
}

/** @param folder of the stack's state @returns `undefined` when none runs there */
export function localGateway(folder: string): LocalGateway | undefined {
  try {
    const { processes } = LocalState.parse(JSON.parse(readFileSync(join(folder, "local.json"), "utf8")));
    const gateway = processes.find(({ role }) => role === "gateway");
    return gateway === undefined ? undefined : { url: new URL(gateway.url).origin, pid: gateway.pid };
  } catch {
    return undefined;
  }
}

/** Calls `use` with a key of the local stack that is revoked afterwards, made as `sluice keys create` does. */
export async function withLocalKey<Result>(use: (key: string) => Promise<Result>): Promise<Result> {
  const created = await sluice("keys", "create", "--name", KEY_NAME);
  const key = created.split("\n")[0] ?? "";
  const id = /^Store it now.* Id (\S+),/m.exec(created)?.[1];
  if (id === undefined) throw new Error(`\`sluice keys create\` printed no key: ${created.slice(0, 200)}`);
  try {
    return await use(key);
  } finally {
    await sluice("keys", "revoke", id);
  }
}

async function sluice(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...args], { encoding: "utf8" });
  return stdout;
}
