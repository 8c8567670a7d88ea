import { configDefaults, defineConfig } from "vitest/config";

const notOurs = [...configDefaults.exclude, "dist/**", "cdktf.out/**", ".sluice/**"];
/** Stacks with a fake engine, or applied to emulators: they wait more than they compute, so other files run beside them. */
const waiting = ["acceptance/small-apply.e2e.test.ts", "local/scaling.e2e.test.ts", "local/twin.e2e.test.ts"];
/** Tests with the real model or a browser: one file at a time, so that they don't starve each other. */
const whole = ["**/*.e2e.test.ts", "**/*.browser.test.ts", "engine/engine.test.ts", "engine/surfaces.test.ts"];

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    projects: [
      {
        extends: true,
        test: {
          name: "parts",
          include: ["**/*.test.ts"],
          exclude: [...notOurs, ...whole],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "waiting",
          include: waiting,
          exclude: notOurs,
          testTimeout: 90_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: whole,
          exclude: [...notOurs, ...waiting],
          testTimeout: 90_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
