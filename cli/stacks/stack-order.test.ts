import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../local/test/tools.ts";
import { UserError } from "../terminal/user-error.ts";
import { writeStacks } from "../test/operator.ts";
import { selectStacks, stacksInOrder } from "./stack-order.ts";

/** Stacks of `dev` by name, with those that each reads. */
function order(reads: Readonly<Record<string, readonly string[]>>) {
  const folder = temporaryFolder();
  const stacks = Object.entries(reads).map(([name, all]) => [name, { reads: all, document: {} }]);
  writeStacks(folder, "dev", Object.fromEntries(stacks));
  return stacksInOrder(folder, "dev");
}

const real = { bootstrap: [], data: [], edge: ["serving"], network: [], serving: ["network", "data"], site: ["edge"] };

describe("the order of stacks", () => {
  test("puts each stack after those that it reads, and otherwise sorts by name, so that data is destroyed last", () => {
    const names = order(real).map(({ name }) => name);
    expect(names).toEqual(["bootstrap", "data", "network", "serving", "edge", "site"]);
  });

  test("a circle is an error that names its stacks", () => {
    expect(() => order({ a: ["b"], b: ["a"] })).toThrow(/dev-a, dev-b read each other in a circle/);
  });

  test("an environment that is not synthesized has no stacks", () => {
    expect(stacksInOrder(temporaryFolder(), "dev")).toEqual([]);
  });
});

describe("choosing stacks", () => {
  test("selects all but the stack of the states without names", () => {
    expect(selectStacks(order(real), []).map(({ id }) => id)).not.toContain("dev-bootstrap");
  });

  test("selects by name or id, in the stacks' order", () => {
    expect(selectStacks(order(real), ["dev-site", "data"]).map(({ id }) => id)).toEqual(["dev-data", "dev-site"]);
  });

  test("an unknown stack is a user error that names the known ones", () => {
    expect(() => selectStacks(order(real), ["sites"])).toThrow(UserError);
    expect(() => selectStacks(order(real), ["sites"])).toThrow(/no stack sites; known are bootstrap, data, network/);
  });
});
