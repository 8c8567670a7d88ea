import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What a build has made, and where; its readers leave the folder as it is. */
export interface SharedBuild<Result> {
  readonly folder: string;
  readonly result: Result;
}

export interface SharedBuildProps<Result> {
  /** Folder that the processes share. @default - that of this run of Vitest */
  readonly sharedFolder?: string;
  /** Of the build: the same one for the same result. */
  readonly name: string;
  readonly build: (folder: string) => Promise<Result>;
  /** How long another process may build, in ms. @default 120000 */
  readonly patienceMs?: number;
}

type Outcome<Result> = { readonly result: Result } | { readonly error: string };

/** Environment variable by which `vitest.config.ts` tells the processes of a run their folder. */
export const RUN_FOLDER = "SLUICE_TEST_RUN";

/** The folder of this run of Vitest, which is removed when the run has ended. */
function runFolder(): string {
  const folder = process.env[RUN_FOLDER];
  if (!folder)
    throw new Error(`${RUN_FOLDER} is not set: run the tests by \`npm test\`, whose vitest.config.ts sets it.`);
  return folder;
}

/**
 * A build that is made once in a run of tests, by the first process that needs it; the others wait for it.
 * @param Result of the build, as JSON
 * @throws the error of the build, in each process
 */
export async function sharedBuild<Result>(props: SharedBuildProps<Result>): Promise<SharedBuild<Result>> {
  const { sharedFolder = runFolder(), name, build, patienceMs = 120_000 } = props;
  const folder = join(sharedFolder, name);
  const file = `${folder}.json`;
  const isFirst = await mkdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
  if (isFirst) await writeOutcome(file, await outcomeOf(build, folder));
  else
    for (const deadline = Date.now() + patienceMs; !existsSync(file); await sleep(50))
      if (Date.now() > deadline) throw new Error(`Another process has not built ${name} within ${patienceMs} ms.`);
  const outcome: Outcome<Result> = JSON.parse(await readFile(file, "utf8"));
  if ("error" in outcome) throw new Error(`The build of ${name} failed: ${outcome.error}`);
  return { folder, result: outcome.result };
}

function outcomeOf<Result>(build: (folder: string) => Promise<Result>, folder: string): Promise<Outcome<Result>> {
  return build(folder).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: String(error) }),
  );
}

/** Under its name it is whole. */
async function writeOutcome(file: string, outcome: Outcome<unknown>): Promise<void> {
  await writeFile(`${file}.part`, JSON.stringify(outcome));
  await rename(`${file}.part`, file);
}
