import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Rooms whose modules and tests leave no state in their process: no changed variables of modules or of the environment,
 * no timers, no servers. Their files share a process, so that the AWS constructs are loaded once instead of seventy times.
 */
const stateless = ["catalog", "constructs", "contracts", "domain", "environments", "stacks"].map(
  (room) => `${room}/**/*.test.ts`,
);
/** Tests that measure the time or memory of their process, or start and end processes: they need one for themselves. */
const ownProcess = ["auto-scaling-group", "bounded-bytes", "end-with-parent", "lambda-function", "messages-stream"];
/**
 * Folders whose modules hold no state either. Their tests start servers, which end with them: they share processes apart
 * from the rooms above, so that the gateway is loaded and compiled three times instead of a hundred times.
 */
const sharing = [
  "gateway/dialects",
  "gateway/endpoints",
  "gateway/http",
  "gateway/routing",
  "lib",
  "local/services",
  "local/template",
].map((folder) => `${folder}/**/!(${ownProcess.join("|")}).test.ts`);
const notOurs = [...configDefaults.exclude, "dist/**", "cdktf.out/**", ".sluice/**"];
/**
 * Stacks with a fake engine, or applied to emulators: they wait more than they compute, so other files run beside them.
 * Longest first: the first one lasts as long as all parts together.
 */
const waiting = ["acceptance/small-apply.e2e.test.ts", "local/scaling.e2e.test.ts", "local/twin.e2e.test.ts"];
/** Tests with the real model or a browser: one file at a time, so that they don't starve each other. */
const whole = ["**/*.e2e.test.ts", "**/*.browser.test.ts", "engine/engine.test.ts", "engine/surfaces.test.ts"];

/** Two files that compute on two cores, and one that waits. */
const BESIDE_EACH_OTHER = 3;
const PARTS = {
  testTimeout: 20_000,
  hookTimeout: 60_000,
  maxWorkers: BESIDE_EACH_OTHER,
  sequence: { groupOrder: 0 },
} as const;

/** The waiting files begin first, in their order; Vitest would begin with the parts and end with one long file alone. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = waiting.findIndex((file) => moduleId.endsWith(`/${file}`));
      return index < 0 ? waiting.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    sequence: { sequencer: WaitingFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "parts",
          include: ["**/*.test.ts"],
          exclude: [...notOurs, ...whole, ...stateless, ...sharing],
          ...PARTS,
        },
      },
      {
        extends: true,
        test: {
          name: "stateless parts",
          include: stateless,
          exclude: [...notOurs, ...whole],
          isolate: false,
          ...PARTS,
        },
      },
      {
        extends: true,
        test: {
          name: "sharing parts",
          include: sharing,
          exclude: [...notOurs, ...whole],
          isolate: false,
          ...PARTS,
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
          maxWorkers: BESIDE_EACH_OTHER,
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
