import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import { LOCKED_PLATFORMS, lockedProviders, PROVIDERS_LOCK } from "../../domain/providers-lock.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { UserError } from "../terminal/user-error.ts";
import { stacksInOrder } from "./stack-order.ts";
import { prepareWorkspace, TofuStack } from "./tofu-stack.ts";

interface LockOptions {
  readonly environment: string;
  readonly platform: readonly string[];
  readonly mirror?: string;
}

/** `sluice lock`: writes the lock of OpenTofu's providers beside the environments. */
export function lockCommand(tools: OperatorTools): Command {
  return new Command("lock")
    .description(`write environments/${PROVIDERS_LOCK}: the version and the hashes of OpenTofu's providers`)
    .requiredOption("--environment <name>", "any environment: all have the same providers")
    .option(
      "--platform <os_arch>",
      `a platform whose hashes it has; may be repeated (default: ${LOCKED_PLATFORMS.join(", ")})`,
      (value: string, all: readonly string[]) => [...all, value],
      [],
    )
    .option("--mirror <folder>", "read the packages from a mirror's folder instead of the registry")
    .action((options: LockOptions) => lock(options, tools));
}

async function lock({ environment, platform, mirror }: LockOptions, tools: OperatorTools): Promise<void> {
  const wrong = platform.find((each) => !/^[a-z0-9]+_[a-z0-9]+$/.test(each));
  if (wrong !== undefined)
    throw new UserError(`--platform must be a system and a processor, e.g. linux_amd64, got "${wrong}".`);
  const platforms = platform.length > 0 ? platform : LOCKED_PLATFORMS;
  const workspace = await prepareWorkspace(environment, tools);
  const [stack] = stacksInOrder(workspace.outputFolder, workspace.environment.name);
  if (stack === undefined) throw new Error(`${environment} has no stacks in ${workspace.outputFolder}.`);
  const file = await new TofuStack(stack, workspace, tools).lockProviders(platforms, mirror);
  const text = readFileSync(file, "utf8");
  const isSame = existsSync(tools.providersLock) && readFileSync(tools.providersLock, "utf8") === text;
  mkdirSync(dirname(tools.providersLock), { recursive: true });
  writeFileSync(tools.providersLock, text);
  const what = `${lockedProviders(text).join(", ")} for ${platforms.join(", ")}`;
  tools.print(
    `environments/${PROVIDERS_LOCK} is ${isSame ? "unchanged" : "written"}: ${what}${isSame ? "." : "; commit it."}`,
  );
}
