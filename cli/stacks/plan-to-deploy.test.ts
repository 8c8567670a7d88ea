import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../local/test/tools.ts";
import { deployCommand } from "../deploy-command.ts";
import { dataStack, type OperatorProps, operator, TOFU_MISSING } from "../test/operator.ts";

beforeEach((context) => {
  if (TOFU_MISSING) context.skip(TOFU_MISSING);
});

/** A first deployment that fails while it creates a resource; the next would create it. */
function fixture({ isProtected }: { readonly isProtected: boolean }) {
  const folder = temporaryFolder();
  const fails = join(folder, "made");
  const key = {
    input: "key",
    // Fails at the first call only.
    provisioner: { "local-exec": { command: `test -e ${fails} || { touch ${fails}; exit 1; }` } },
    lifecycle: { prevent_destroy: isProtected },
  };
  const stacks = () => ({ data: dataStack(folder, "data", { Key: key }) });
  const tools = (more: Partial<OperatorProps> = {}) => operator({ folder, stacks, ...more });
  const deploy = (operatorTools = tools(), ...args: readonly string[]) =>
    deployCommand(operatorTools).parseAsync(["--environment", "dev", ...args], { from: "user" });
  const key1 = () => JSON.parse(readFileSync(join(folder, "data.tfstate"), "utf8")).resources[0].instances[0];
  return { tools, deploy, key: key1 };
}

const LEFT =
  "dev-data: an interrupted deployment left terraform_data.Key tainted (created incompletely), and protected from replacement";

describe("a deployment after one that left a protected resource tainted", () => {
  test("prompts whether to keep it, and after a yes completes it", async () => {
    const { tools, deploy, key } = fixture({ isProtected: true });
    await expect(deploy(tools(), "--yes")).rejects.toThrow(/exit code 1/);
    const made = key();
    expect(made.status).toBe("tainted");
    const prompted = tools({ replies: ["yes"] });
    await deploy(prompted);
    expect(prompted.prompts).toEqual(["Keep it (tofu untaint) and continue? [yes/no] "]);
    expect(prompted.printed[0]).toBe(LEFT);
    expect(key().status).toBeUndefined();
    expect(key().attributes.id).toBe(made.attributes.id);
  });

  test("with --yes keeps it without a prompt", async () => {
    const { tools, deploy, key } = fixture({ isProtected: true });
    await expect(deploy(tools(), "--yes")).rejects.toThrow(/exit code 1/);
    const again = tools();
    await deploy(again, "--yes");
    expect(again.printed.slice(0, 3)).toEqual([
      LEFT,
      "dev-data: no longer tainted; the plan completes what the interrupted deployment began",
      "dev-data: no changes",
    ]);
    expect(key().status).toBeUndefined();
  });

  test("a no changes nothing", async () => {
    const { tools, deploy, key } = fixture({ isProtected: true });
    await expect(deploy(tools(), "--yes")).rejects.toThrow(/exit code 1/);
    await expect(deploy(tools({ replies: ["no"] }))).rejects.toThrow("Declined: nothing more was changed.");
    expect(key().status).toBe("tainted");
  });

  test("a resource without protection is replaced", async () => {
    const { tools, deploy, key } = fixture({ isProtected: false });
    await expect(deploy(tools(), "--yes")).rejects.toThrow(/exit code 1/);
    const { id } = key().attributes;
    const again = tools();
    await deploy(again, "--yes");
    expect(again.printed[0]).toBe("dev-data: 1 to replace\n  replace  terraform_data.Key");
    expect(key().attributes.id).not.toBe(id);
  });
});
