import type { Bench } from "../bench.ts";
import { inventory, leftOver } from "../read-backs/leftovers.ts";
import type { Operator } from "./operator.ts";

export interface Walk {
  readonly environment: string;
  readonly operator: Operator;
  readonly bench: Bench;
  /** The environment's stacks in the order of their deployment, without the bootstrap stack. */
  readonly stacks: readonly string[];
  readonly report: (line: string) => void;
}

/**
 * What docs/operations.md tells an operator to do, from an empty account to an empty account, by the real commands.
 * @throws at the first command that does something else than it says there
 */
export async function walk({ environment, operator, bench, stacks, report }: Walk): Promise<void> {
  const { url } = bench.frontDoor;
  const before = await inventory(url);
  const bootstrap = `${environment}-bootstrap`;
  await operator.run("deploy", ["--yes"], { code: 1, says: [/no state bucket yet; make it: sluice bootstrap/] });
  await operator.run("bootstrap", ["--yes", "--certificate"], {
    says: [/to add/, /Moving the state/, /The states are in/, /Certificate for .*arn:aws:acm:/],
  });
  await operator.run("bootstrap", ["--yes"], { says: [new RegExp(`${bootstrap}: no changes`)] });
  report(`${environment}: bootstrapped, and found so again`);

  await operator.run("plan", [], { says: [/to add/, /can't be planned before the stacks that it reads are deployed/] });
  const counts = stacks.map((stack) => new RegExp(`${stack}: \\d+ to add`));
  await operator.run("deploy", ["--yes"], { says: [/A month of/, ...counts, /as the environment file says/] });
  await operator.run("plan", ["--detailed-exitcode"], {
    says: stacks.map((stack) => new RegExp(`${stack}: no changes`)),
  });
  report(`${environment}: deployed in order, and a plan finds nothing more to do`);

  const deployed = await inventory(url);
  const data = `${environment}-data`;
  await operator.run("destroy", ["--yes"], { code: 1, says: [new RegExp(`${data} holds data .* --confirm ${data}`)] });
  await operator.run("destroy", ["--yes", "--stack", "bootstrap", "--confirm", bootstrap], {
    code: 1,
    says: [/still has \d+ resources, and the bootstrap stack holds its state/],
  });
  const lost = leftOver(await inventory(url), deployed);
  if (lost.length > 0) throw new Error(`A refused destroy took ${lost.join(", ")}.`);
  await operator.run("destroy", ["--yes", "--confirm", data], {
    says: [...stacks.toReversed().map((stack) => new RegExp(`${stack}: \\d+ to destroy`)), /nothing is left/],
  });
  await operator.run("destroy", ["--yes", "--stack", "bootstrap", "--confirm", bootstrap], {
    says: [/\d+ to destroy/, /nothing is left/],
  });
  const left = leftOver(before, await inventory(url));
  if (left.length > 0) throw new Error(`${environment}: destroyed, but these are left:\n${left.join("\n")}`);
  report(`${environment}: destroyed by its commands, after two that were refused`);
}
