import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { deployCommand } from "../deploy-command.ts";
import { operatorTools } from "../operator/operator-tools.ts";
import { UserError } from "../terminal/user-error.ts";
import { dataStack, writeStacks } from "./operator.ts";

/**
 * For tests of signals: `sluice deploy` in a process of its own over one stack, whose second resource takes a minute.
 */
const [folder = "", seconds = "60"] = process.argv.slice(2);
const slow = { depends_on: ["terraform_data.First"], provisioner: { "local-exec": { command: `sleep ${seconds}` } } };
const tools = {
  ...operatorTools(),
  folder,
  providersLock: join(folder, "tofu.lock.hcl"),
  synthesize: async (environment: string, outputFolder: string) => {
    mkdirSync(outputFolder, { recursive: true });
    writeStacks(outputFolder, environment, { data: dataStack(folder, "data", { First: { input: "a" }, Slow: slow }) });
  },
};
try {
  await deployCommand(tools).parseAsync(["--environment", "dev", "--yes"], { from: "user" });
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`sluice: ${error.message}`);
  process.exitCode = 1;
}
