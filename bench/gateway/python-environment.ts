import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { install, peerFolder } from "./install.ts";

export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** Optional parts of the package, e.g. `proxy`. */
  readonly extra?: string;
  /** What the package puts into the environment's bin/. */
  readonly command: string;
  /** Bounds instead of the package's own pins; pip can't do that, uv can. @default none: pip installs it */
  readonly overrides?: readonly string[];
}

/** A package from PyPI in a virtual environment of its own in the user's cache. @returns its command's path. @throws with the output of pip */
export async function pythonCommand(wanted: PythonPackage): Promise<string> {
  const { name, version, extra, command, overrides } = wanted;
  const home = peerFolder(name, version);
  const path = join(home, "bin", command);
  if (existsSync(path)) return path;
  const requirement = `${name}${extra === undefined ? "" : `[${extra}]`}==${version}`;
  const pip = [join(home, "bin/pip"), "install", "--quiet", "--disable-pip-version-check"];
  await install(["python3", "-m", "venv", home]);
  if (overrides === undefined) await install([...pip, requirement]);
  else {
    await install([...pip, "uv"]);
    const file = join(home, "overrides.txt");
    writeFileSync(file, overrides.join("\n"));
    const uv = [join(home, "bin/uv"), "pip", "install", "--quiet", "--python", join(home, "bin/python")];
    await install([...uv, "--overrides", file, requirement]);
  }
  if (!existsSync(path)) throw new Error(`${requirement} is installed, but has no command ${command} in ${home}/bin.`);
  return path;
}
