import { expect, test } from "vitest";
import { Children } from "./children.ts";

const environment = { PATH: process.env.PATH ?? "" };
const sh = (script: string) => ({ command: "/bin/sh", args: ["-c", script], environment });

test("a command's output and exit code are returned", async () => {
  const result = await new Children().run(sh("echo out; echo err >&2; exit 3"));
  expect(result.code).toBe(3);
  expect(result.output.split("\n").toSorted()).toEqual(["", "err", "out"]);
});

test("stopping also kills the processes that a command has started, and refuses new ones", async () => {
  const children = new Children();
  const long = children.start(sh("sleep 600 & wait"));
  expect((await children.run(sh("echo done"))).output).toBe("done\n");
  children.stopAll();
  // The sleeping process has the same output: while it lives, the output does not end.
  expect((await long.done).code).toBeNull();
  expect(() => children.start(sh("echo late"))).toThrow("being stopped");
});

test("a program that isn't there is an error that names it", async () => {
  await expect(new Children().run({ command: "/nowhere/tofu", args: [], environment })).rejects.toThrow(
    "/nowhere/tofu",
  );
});
