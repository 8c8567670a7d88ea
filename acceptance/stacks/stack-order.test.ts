import { describe, expect, test } from "vitest";
import type { Stack } from "../../local/template/stacks.ts";
import { choose, inOrder, needs } from "./stack-order.ts";

const stack = (name: string, ...needed: string[]): Stack => ({
  name: `dev-${name}`,
  folder: `/${name}`,
  document: {
    terraform: { backend: { s3: { key: `dev/${name}.tfstate` } } },
    data: {
      terraform_remote_state: Object.fromEntries(
        needed.map((each) => [each, { backend: "s3", config: { key: `dev/${each}.tfstate` } }]),
      ),
    },
  },
});
const all = [stack("data"), stack("edge", "network", "serving"), stack("network"), stack("serving", "data", "network")];
const names = (stacks: readonly Stack[]) => stacks.map(({ name }) => name);

describe("stacks", () => {
  test("need those whose state they read", () => {
    expect(needs(stack("edge", "network", "serving"), all)).toEqual(["dev-network", "dev-serving"]);
  });

  test("that read a state which no stack has are refused", () => {
    expect(() => needs(stack("edge", "gone"), all)).toThrow(
      /dev-edge: no stack has the state .* \(dev\/gone.tfstate\)/,
    );
  });

  test("are chosen with all stacks that they read, directly or indirectly", () => {
    expect(names(choose(all, "dev", ["serving"]))).toEqual(["dev-data", "dev-network", "dev-serving"]);
    expect(choose(all, "dev", [])).toEqual(all);
  });

  test("that don't exist are refused with the known ones", () => {
    expect(() => choose(all, "dev", ["egde"])).toThrow("no stack dev-egde; there are data, edge, network, serving.");
  });
});

describe("the order", () => {
  const run = async (width: number, failing?: string) => {
    const log: string[] = [];
    let running = 0;
    let most = 0;
    await inOrder(
      all,
      (each) => needs(each, all),
      width,
      async ({ name }) => {
        running += 1;
        most = Math.max(most, running);
        log.push(`+${name.slice(4)}`);
        await Promise.resolve();
        running -= 1;
        if (name === failing) throw new Error(`${name} failed`);
        log.push(`-${name.slice(4)}`);
      },
    ).catch((error: Error) => log.push(error.message));
    return { log, most };
  };

  test("follows the dependencies, with no more stacks at once than allowed", async () => {
    const { log, most } = await run(2);
    expect(most).toBe(2);
    expect(log.indexOf("+serving")).toBeGreaterThan(log.indexOf("-network"));
    expect(log.indexOf("+serving")).toBeGreaterThan(log.indexOf("-data"));
    expect(log.indexOf("+edge")).toBeGreaterThan(log.indexOf("-serving"));
    expect((await run(1)).most).toBe(1);
  });

  test("ends at a failure, after the work in progress", async () => {
    const { log } = await run(2, "dev-data");
    expect(log).toEqual(["+data", "+network", "-network", "dev-data failed"]);
  });

  test("that is a circle is refused", async () => {
    const circle = [{ name: "a" }, { name: "b" }];
    const wait = inOrder(
      circle,
      ({ name }) => (name === "a" ? ["b"] : ["a"]),
      2,
      async () => {},
    );
    await expect(wait).rejects.toThrow("wait for each other: a, b");
  });
});
