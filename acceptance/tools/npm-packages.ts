import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./find-program.ts";
import { downloadEnvironment, type Machine } from "./machine.ts";
import { MissingTool } from "./missing-tool.ts";

/**
 * Installs exact versions of npm packages into a folder of their own, once per list of packages. No install script runs.
 * @param packages each as `name@version`
 * @returns the folder's `node_modules`
 * @throws MissingTool without npm or network
 */
export async function installPackages(
  { variables, children, report }: Omit<Machine, "cache">,
  folder: string,
  packages: readonly string[],
): Promise<string> {
  const modules = join(folder, "node_modules");
  const stamp = join(folder, `${packages.join("-").replaceAll("/", "+")}.txt`);
  if (existsSync(stamp)) return modules;
  const npm = findProgram(["npm"], variables.PATH);
  if (npm === undefined) throw new MissingTool("no npm found: it comes with Node");
  report(`installing ${packages.join(" ")} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private":true}\n');
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  const { code, output } = await children.run({
    command: npm,
    args: ["install", ...options, ...packages],
    cwd: folder,
    environment: downloadEnvironment(variables),
  });
  if (code !== 0) {
    const last = output.trim().split("\n").at(-1) ?? "";
    throw new MissingTool(`npm could not install ${packages.join(" ")} (${last}): connect, or set its registry`);
  }
  writeFileSync(stamp, "");
  return modules;
}
