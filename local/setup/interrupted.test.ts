import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { isProcessAlive } from "../../lib/is-process-alive.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { INSTALLS, runNode, setupProject } from "../test/setup-project.ts";

/** Notes the id of npm's process and what ends it; runs until it is ended. */
const SLOW_NPM = `const { appendFileSync } = require("node:fs");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => (appendFileSync(process.env.NPM_LOG, signal), process.exit(1)));
  setInterval(() => {}, 1000);
  appendFileSync(process.env.NPM_LOG, "npm " + process.pid + "\\n");`;

async function installing() {
  const project = setupProject(SLOW_NPM);
  const options = { cwd: project.folder, env: project.environment };
  const setup = spawn(process.execPath, ["local/setup/run.mjs", "hello.ts"], options);
  const text = () => readFileSync(project.npmLog, "utf8");
  await eventually(() => expect(text()).toMatch(/npm \d+\n/));
  const npm = Number(/npm (\d+)/.exec(text())?.[1]);
  onTestFinished(() => {
    setup.kill("SIGKILL");
    if (isProcessAlive(npm)) process.kill(npm, "SIGKILL");
  });
  return { project, setup, npm, text };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("a set-up that gets %s while packages are installed ends npm, then itself", async (signal, code) => {
  const { project, setup, npm, text } = await installing();
  let stderr = "";
  setup.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  setup.kill(signal);
  expect(await once(setup, "close")).toEqual([code, null]);
  expect(stderr).toContain(`sluice: ${signal} ended the installation of packages; start again.`);
  expect(text()).toContain(`npm ${npm}\n${signal}`);
  expect(isProcessAlive(npm)).toBe(false);
  expect(existsSync(join(project.folder, ".sluice-setup"))).toBe(false);
});

test("a set-up waits for the npm of one that was killed", async () => {
  const { project, setup, npm, text } = await installing();
  setup.kill("SIGKILL");
  await once(setup, "exit");
  const again = runNode(["local/setup/run.mjs", "hello.ts", "you"], {
    cwd: project.folder,
    env: { ...project.environment, NPM_DOES: INSTALLS },
  });
  await sleep(1000);
  expect(text().match(/^ci /gm)).toHaveLength(1);
  process.kill(npm, "SIGKILL");
  expect(await again).toMatchObject({ code: 0, stdout: "hello you\n" });
});
