import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { ONE_AT_A_TIME } from "./test-support/one-at-a-time.ts";
import { RUN_FOLDER } from "./test-support/shared-build.ts";
import { PATIENCE_MS } from "./test-support/waits/patience.ts";

/**
 * Rooms that load the AWS constructs and start nothing. Their files share processes apart from the others, so that the
 * constructs are loaded a few times instead of a hundred times.
 */
const stateless = ["catalog", "constructs", "contracts", "domain", "environments", "stacks"].map(
  (room) => `${room}/**/*.test.ts`,
);
/**
 * Tests that measure the time or memory of their process, or start, end and count processes: each has one for itself. All
 * others share processes, so that gateway, Lambda functions and command line are loaded and compiled a few times.
 */
const ownProcess = [
  "attack/*.test.ts",
  "bench/children.test.ts",
  "gateway/dialects/clients/messages/messages-stream.test.ts",
  "gateway/http/bounded-bytes.test.ts",
  "gateway/limits/killed-gateways.test.ts",
  "gateway/providers/killed-process.test.ts",
  "local/services/ec2-autoscaling/auto-scaling-group.test.ts",
  "local/services/ec2-autoscaling/end-with-parent.test.ts",
  "local/services/lambda/lambda-function.test.ts",
];
/** Where Node keeps the compiled code of the processes that tests start: a command of Sluice starts in half the time. */
const COMPILE_CACHE = join(import.meta.dirname, "node_modules/.cache/sluice-tests");
/** What the processes of a run share, such as the built console. */
const runFolder = process.env[RUN_FOLDER] ?? mkdtempSync(join(tmpdir(), "sluice-tests-"));
// `npm test` starts a second Vitest in its process, which shares what is built.
if (process.env[RUN_FOLDER] === undefined)
  process.on("exit", () => rmSync(runFolder, { recursive: true, force: true }));
process.env[RUN_FOLDER] = runFolder;
const notOurs = [...configDefaults.exclude, "dist/**", "cdktf.out/**", ".sluice/**"];
/**
 * Stacks with a fake engine, or applied to emulators, other programs over the synthesized stacks, and pages
 * with scripted responses: they wait more than they compute, so other files run beside them. Longest first:
 * the first one lasts as long as all parts together. These have a process each.
 */
const waitingAlone = [
  "acceptance/small-apply.e2e.test.ts",
  "stacks/lint.e2e.test.ts",
  "acceptance/cdktn/cdktn.e2e.test.ts",
];
/** The others, which share processes. A new file of this kind belongs here, in the order of length. */
const waitingTogether = [
  "console/console-accessibility.browser.test.ts",
  "console/access-tester.browser.test.ts",
  "console/addresses.browser.test.ts",
  "console/admin-keys.browser.test.ts",
  "console/early-page.browser.test.ts",
  "console/dashboard-loading.browser.test.ts",
  "local/console-member.e2e.test.ts",
  "console/problems.browser.test.ts",
  "console/admin.browser.test.ts",
  "console/history.browser.test.ts",
  "console/history-export.browser.test.ts",
  "console/logs.browser.test.ts",
  "local/scaling.e2e.test.ts",
  "local/twin.e2e.test.ts",
  "local/token-exchange.e2e.test.ts",
  "demo-site/page-accessibility.browser.test.ts",
  "demo-site/page-problems.browser.test.ts",
  "console/playground-accessibility.browser.test.ts",
  "console/session.browser.test.ts",
  "console/playground.browser.test.ts",
  "console/playground-requests.browser.test.ts",
  "local/console.e2e.test.ts",
  "demo-site/page.browser.test.ts",
  "local/held-data.e2e.test.ts",
  "local/pending-work.e2e.test.ts",
  "local/control-api.e2e.test.ts",
  "console/dashboard.browser.test.ts",
  "local/access-tokens.e2e.test.ts",
  "local/directory-groups.e2e.test.ts",
  "local/user-pool.e2e.test.ts",
  "local/sign-up.e2e.test.ts",
  "local/services/cloudwatch/dashboard.browser.test.ts",
  "local/console-administration.e2e.test.ts",
  "local/console-refusals.e2e.test.ts",
  "local/console-live.e2e.test.ts",
  "local/console-routes.e2e.test.ts",
  "console/hostile-responses.browser.test.ts",
  "console/health.browser.test.ts",
  "console/retention.browser.test.ts",
  "console/layout-shift.browser.test.ts",
  "console/keys.browser.test.ts",
  "console/own-keys.browser.test.ts",
  "gateway/pages/reference/reference-page.browser.test.ts",
  "local/usage.e2e.test.ts",
  "local/quotas.e2e.test.ts",
  "local/report-stripe.e2e.test.ts",
  "cli/audit/audit.e2e.test.ts",
  "local/seal-audit.e2e.test.ts",
];
const waiting = [...waitingAlone, ...waitingTogether];
/** Tests with the real model or with coding agents: one file at a time, so that they don't starve each other. Beside the other projects in `npm test`. */
const whole = ["**/*.e2e.test.ts", "**/*.browser.test.ts", "engine/engine.test.ts", "engine/surfaces.test.ts"];

/**
 * One of 12,000 tests fails by chance on a machine that is busy. A test that passes at its second attempt does not fail the run; the
 * end of the run names it with its error, as it has a fault that is to be found.
 */
const SECOND_ATTEMPT = 1;
/** Files at once on two cores, beside one of `whole`. A fifth of the processor is left over; five of them took as long. */
const BESIDE_EACH_OTHER = 4;
const PARTS = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: BESIDE_EACH_OTHER,
  retry: SECOND_ATTEMPT,
  sequence: { groupOrder: 0 },
} as const;
const WAITING = {
  ...PARTS,
  exclude: notOurs,
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

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

// For glibc, in the worker processes: large blocks are the system's own, which take no memory until they are written. Else it
// makes them of blocks that were freed, filled with zeros: the shared memory of a thousand test gateways then takes gigabytes.
process.env.MALLOC_MMAP_THRESHOLD_ ??= "131072";

export default defineConfig({
  test: {
    environment: "node",
    setupFiles: ["test-support/import-resolution.ts"],
    pool: "forks",
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, [RUN_FOLDER]: runFolder },
    expect: { poll: { timeout: PATIENCE_MS } },
    sequence: { sequencer: WaitingFirst },
    // Node loads the files itself, as it does outside of tests: nothing is transformed, and compiled code is stored.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    projects: [
      {
        extends: true,
        test: {
          name: "parts",
          include: ["**/*.test.ts"],
          exclude: [...notOurs, ...whole, ...stateless, ...ownProcess],
          isolate: false,
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
          name: "own process",
          include: ownProcess,
          exclude: [...notOurs, ...whole],
          ...PARTS,
        },
      },
      {
        extends: true,
        test: { name: "waiting alone", include: waitingAlone, ...WAITING },
      },
      {
        extends: true,
        test: { name: "waiting", include: waitingTogether, isolate: false, ...WAITING },
      },
      {
        extends: true,
        test: {
          name: ONE_AT_A_TIME,
          include: whole,
          exclude: [...notOurs, ...waiting],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          retry: SECOND_ATTEMPT,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
