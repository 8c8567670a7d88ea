import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type JsonObject } from "../../local/template/json.ts";
import { rawResources, type Stack } from "../../local/template/stacks.ts";
import { parseObject } from "../aws-calls/call.ts";
import type { Testbed } from "../testbed.ts";
import type { RunningChild } from "../tools/children.ts";
import type { Tofu } from "../tools/tofu.ts";
import { operatorVariables } from "./operator-variables.ts";
import { prepareStack } from "./prepare-stack.ts";
import { stateStore } from "./stack-order.ts";
import { withStateEntering, withStateLeaving, withStateOnDisk } from "./state-encryption.ts";
import { type StateResource, stateResources } from "./state-resources.ts";
import { type Update, unwantedChanges } from "./updates.ts";

/** One stack on the testbed, and OpenTofu's steps on it. Every step throws with OpenTofu's output. */
export class StackRun {
  readonly stack: Stack;
  readonly name: string;
  /** Folder of the prepared copy. */
  readonly folder: string;
  /** How many resources it declares. */
  readonly resources: number;
  readonly #testbed: Testbed;
  #tofu: Tofu;

  constructor(testbed: Testbed, stack: Stack) {
    this.stack = stack;
    this.name = stack.name;
    this.folder = join(testbed.folder, "stacks", stack.name);
    this.resources = rawResources(stack).length;
    this.#testbed = testbed;
    this.#tofu = testbed.tofu.as(stack.name);
  }

  /** Does steps with one provider, which runs on between them: half of a step's CPU time is that of a provider's start. */
  async withOneProvider<Result>(steps: () => Promise<Result>): Promise<Result> {
    const tofu = this.#tofu;
    mkdirSync(this.folder, { recursive: true });
    const provider = await tofu.startProvider(this.folder);
    this.#tofu = tofu.with(provider);
    try {
      return await steps();
    } finally {
      this.#tofu = tofu;
      provider.stop();
    }
  }

  /** Writes the prepared copy; `edit` changes the synthesized document first. */
  write(edit: (document: JsonObject) => JsonObject = (same) => same): void {
    const { awsProxy, schema } = this.#testbed;
    const document = prepareStack(edit(this.stack.document), { name: this.name, schema, url: awsProxy.url });
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, "cdk.tf.json"), JSON.stringify(document, undefined, 1));
  }

  /** Whether it makes the bucket that stores its own state. */
  get holdsStates(): boolean {
    const bucket = stateStore(this.stack)?.bucket;
    return rawResources(this.stack).some(({ type, config }) => type === "aws_s3_bucket" && config.bucket === bucket);
  }

  /** Moves the state out of the stack's own bucket into a file, or back. */
  async moveState(
    where: "file" | "bucket",
    edit: (document: JsonObject) => JsonObject = (same) => same,
  ): Promise<void> {
    const [onTheWay, there] =
      where === "file" ? [withStateLeaving, withStateOnDisk] : [withStateEntering, (same: JsonObject) => same];
    this.write((document) => onTheWay(edit(document)));
    await this.step("init", "-migrate-state", "-force-copy");
    this.write((document) => there(edit(document)));
  }

  /** Prepares the copy with its assets and the operator's variables, and initializes it. */
  async init(): Promise<void> {
    this.write(this.holdsStates ? withStateOnDisk : undefined);
    const assets = join(this.stack.folder, "assets");
    if (existsSync(assets)) cpSync(assets, join(this.folder, "assets"), { recursive: true });
    const values = await operatorVariables(this.stack, this.#testbed.awsProxy.url);
    writeFileSync(join(this.folder, "terraform.tfvars.json"), JSON.stringify(values, undefined, 1));
    await this.step("init");
  }

  /** A plan validates too; this does it without AWS, as CI would. */
  async validate(): Promise<void> {
    await this.step("validate");
  }

  /** Plans and applies the plan. */
  async apply(): Promise<void> {
    await this.step("plan", "-out=acceptance.tfplan");
    await this.step("apply", "acceptance.tfplan");
  }

  /** @throws with the changes when there are any */
  async expectClean(when: string): Promise<void> {
    const changes = await this.plannedChanges();
    if (changes.length > 0)
      throw new Error(`${this.name} is not clean ${when}: a second plan has changes\n${changes.join("\n")}`);
  }

  /** The changes of a plan: the lines `# <address> will be …` with the lines of the change. */
  async plannedChanges(): Promise<readonly string[]> {
    const { code, output } = await this.#tofu.run(this.folder, [
      "plan",
      "-detailed-exitcode",
      "-out=acceptance.tfplan",
    ]);
    if (code === 0) return [];
    if (code !== 2) throw this.#failure("plan", output);
    const lines = output.split("\n").filter((line) => /^ {2}# .+|^ +[~+-]|^ *-\/\+/.test(line));
    return lines.length > 0 ? lines : ["only outputs"];
  }

  /** Applies what `plannedChanges` planned. */
  async applyPlanned(): Promise<void> {
    await this.step("apply", "acceptance.tfplan");
  }

  /** Makes a change that must be made in place, and leave nothing more to plan. @throws */
  async updateAndProve(update: Update): Promise<void> {
    this.write(update.edit);
    const changes = await this.plannedChanges();
    const unwanted = unwantedChanges(changes, update.types);
    if (changes.length === 0 || unwanted.length > 0)
      throw new Error(
        `${this.name}: changing ${update.what} must update in place, but the plan is\n${changes.join("\n")}`,
      );
    await this.applyPlanned();
    await this.expectClean("after its update");
  }

  startApply(): RunningChild {
    return this.#tofu.start(this.folder, ["apply", "-auto-approve"]);
  }

  /** @param options `-refresh=false` where a plan has just read every resource */
  async destroy(...options: readonly "-refresh=false"[]): Promise<void> {
    await this.step("destroy", "-auto-approve", ...options);
    const left = (await this.step("state", "list")).trim();
    if (left !== "") throw new Error(`${this.name}: destroyed, but its state still holds\n${left}`);
  }

  /** Values of the outputs, sensitive ones too. */
  async outputs(): Promise<JsonObject> {
    const outputs = parseObject(await this.step("output", "-json"));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, output]) => [name, isObject(output) ? output.value : undefined]),
    );
  }

  /** The state's resources as attributes by address. */
  async attributes(): Promise<JsonObject> {
    return Object.fromEntries((await this.#stateResources()).map(({ address, attributes }) => [address, attributes]));
  }

  /** Addresses of tainted resources, whose creation was interrupted: the next apply would replace them. */
  async tainted(): Promise<readonly string[]> {
    return (await this.#stateResources()).filter(({ isTainted }) => isTainted).map(({ address }) => address);
  }

  async #stateResources(): Promise<readonly StateResource[]> {
    return stateResources(parseObject(await this.step("state", "pull")));
  }

  /** Runs a step to its end and returns its output. */
  async step(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.#tofu.run(this.folder, args);
    if (code !== 0) throw this.#failure(args[0] ?? "", output);
    return output;
  }

  #failure(step: string, output: string): Error {
    const from = output.search(/^\W*Error: /m);
    const text = (from < 0 ? output : output.slice(from)).trim().split("\n").slice(0, 60).join("\n");
    return new Error(`${this.name}: tofu ${step} failed:\n${text}`);
  }
}
