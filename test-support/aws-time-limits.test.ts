import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

interface Call {
  readonly path: string;
  readonly text: string;
  readonly argumentCount: number;
}

/** Calls in the sources of a room that use AWS's SDK, by the text before their parenthesis. */
function callsIn(room: string, callee: RegExp): readonly Call[] {
  return globSync(`${room}/**/*.ts`, { cwd: root })
    .filter((path) => !/\.test\.ts$|\/test\//.test(path))
    .flatMap((path) => {
      const source = readFileSync(join(root, path), "utf8");
      if (!/from "@aws-sdk\//.test(source)) return [];
      return [...source.matchAll(callee)].map(({ index, 0: begin }) => {
        const open = index + begin.length;
        return { path, text: begin + source.slice(open, open + 60), argumentCount: argumentCount(source, open) };
      });
    });
}

/** Arguments of the call whose parenthesis opens before `from`; a comma behind the last one is none. */
function argumentCount(source: string, from: number): number {
  let depth = 0;
  let commas = 0;
  let last = "(";
  for (const character of source.slice(from)) {
    if (depth === 0 && character === ")") break;
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (depth === 0 && character === ",") commas++;
    if (character.trim() !== "") last = character;
  }
  return last === "(" ? 0 : commas + (last === "," ? 0 : 1);
}

test("every AWS call of the gateway has options beside its command: the signal that limits its time", () => {
  const calls = callsIn("gateway", /\b\w*(client|elb|ec2)\.send\(/gi);
  expect(calls.length).toBeGreaterThan(20);
  expect(calls.filter((call) => call.argumentCount < 2)).toEqual([]);
});

test("every AWS client of a function is made with time limits", () => {
  const clients = callsIn("lambdas", /new \w+Client\(/g);
  expect(clients.length).toBeGreaterThan(5);
  expect(clients.filter((client) => client.argumentCount < 1)).toEqual([]);
});
