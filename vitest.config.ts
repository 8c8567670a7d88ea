import { configDefaults, defineConfig } from "vitest/config";

const notOurs = [...configDefaults.exclude, "dist/**", "cdktf.out/**", ".sluice/**"];
/** Tests with the real model, whole processes or a browser: one file at a time, so that they don't starve each other. */
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
          name: "whole",
          include: whole,
          exclude: notOurs,
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
