import { expect, test } from "vitest";
import { controlServer } from "../../local/test/control-server.ts";
import { eraseCommand } from "./erase-command.ts";
import { holdCommand } from "./hold-command.ts";

// documented: hold-command
test("sluice hold places a hold that stops an erasure, lists it, and releases it", async () => {
  const { owner, url, sdk, clock } = await controlServer();
  const secret = await owner("org-a");
  const project = await sdk(secret).projects.create({ name: "search" });
  const run = async (make: typeof holdCommand, ...args: string[]) => {
    const printed: string[] = [];
    const command = make({
      print: (text) => printed.push(text),
      localUrl: () => url.replace(/\/v1$/, ""),
      variable: (name) => (name === "SLUICE_ADMIN_KEY" ? secret : undefined),
      now: () => clock.ms,
      wait: async (ms) => {
        clock.ms += ms;
      },
      finish: () => undefined,
    });
    return command.parseAsync(args, { from: "user" }).then(
      () => printed.join("\n"),
      (error: Error) => error.message,
    );
  };
  expect(await run(holdCommand, "list")).toBe("Nothing is held.");
  expect(await run(holdCommand, "place", project.id, "--reason", "short")).toMatch(/reason/);
  expect(await run(holdCommand, "place", project.id, "--reason", "a case in court")).toBe(
    `${project.id} is held: nothing of what is stored of it is erased, can be deleted or expires.`,
  );
  expect(await run(holdCommand, "place", project.id, "--reason", "another case")).toMatch(
    /is held: .* It was held before, and the reason stays: a case in court$/,
  );
  expect(await run(holdCommand, "list")).toMatch(/held .*a case in court/);
  expect(await run(eraseCommand, "--subject", project.id, "--yes")).toMatch(/can't be erased: there is a legal hold/);
  expect(await run(holdCommand, "release", project.id)).toBe(`${project.id} is no longer held.`);
  expect(await run(holdCommand, "release", project.id)).toMatch(/No legal hold/);
});
