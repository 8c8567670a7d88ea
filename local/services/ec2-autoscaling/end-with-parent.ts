/**
 * Loaded into every process of the twin before its own code: when the twin ends without stopping it
 * (SIGKILL, a crash), the process gets one SIGTERM instead of running on unseen, and SIGKILL when it has not ended in time.
 * A second SIGTERM would end an engine in the middle of its native code, whose exit can then wait for ever.
 */
const LIMIT_MS = 15_000; // an engine's drain takes 10 s at most

const parent = Number(new URL(import.meta.url).searchParams.get("parent"));
// `fork` passes the arguments of Node on. A process that this one starts has another parent than the twin, and would end itself.
const ownArgument = process.execArgv.indexOf(import.meta.url);
if (ownArgument > 0) process.execArgv.splice(ownArgument - 1, 2); // with its `--import`
let orphanedAt: number | undefined;
setInterval(() => {
  if (process.ppid === parent) return;
  if (orphanedAt === undefined) {
    orphanedAt = performance.now();
    process.kill(process.pid, "SIGTERM");
  } else if (performance.now() - orphanedAt > LIMIT_MS) process.kill(process.pid, "SIGKILL");
}, 1000).unref();
