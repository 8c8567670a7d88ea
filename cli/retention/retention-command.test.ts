import { expect, test } from "vitest";
import { controlServer } from "../../local/test/control-server.ts";
import { retentionCommand } from "./retention-command.ts";

// documented: retention-command
test("sluice retention shows a project's days with their origin, sets them, and says what is wrong in one line", async () => {
  const { owner, url, sdk, clock } = await controlServer();
  const secret = await owner("org-a");
  const project = await sdk(secret).projects.create({ name: "search" });
  const run = async (...args: string[]) => {
    const printed: string[] = [];
    const command = retentionCommand({
      print: (text) => printed.push(text),
      localUrl: () => url.replace(/\/v1$/, ""),
      variable: (name) => (name === "SLUICE_ADMIN_KEY" ? secret : undefined),
      now: () => clock.ms,
    });
    return command.parseAsync(args, { from: "user" }).then(
      () => printed.join("\n"),
      (error: Error) => error.message,
    );
  };
  expect(await run("list", project.id)).toMatch(/responses +30 +environment +1 to 365 +responses\.keepDays/);
  const set = await run("set", project.id, "--responses", "7", "--files", "3");
  expect(set).toMatch(/responses +7 +project/);
  expect(set).toMatch(/files +3 +project +1 to 30 +-/);
  expect(set).toMatch(/audit_events +365 +environment +- +api\.auditDays/);
  expect(set).toMatch(/new end within some minutes/);
  expect(await run("set", project.id, "--responses", "usual")).toMatch(/responses +30 +environment/);
  expect(await run("set", project.id, "--files", "31")).toMatch(/files/);
  expect(await run("set", project.id, "--files", "soon")).toBe(
    '--files must be a whole number of days, or "usual", got "soon".',
  );
  expect(await run("set", project.id)).toMatch(/give at least one of --responses, --history, --files/);
});
