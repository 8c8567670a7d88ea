import { availableParallelism } from "node:os";
import pino from "pino";
import { modelFiles } from "./fetch-model.ts";
import { EngineApp } from "./http/app.ts";
import { LocalBackend } from "./local-backend.ts";
import { readSettings } from "./settings/settings.ts";
import { UpstreamBackend } from "./upstream-backend.ts";

/** Time for open requests to end. A gateway waits longer than this for an engine that it removes. */
const DRAIN_MS = 10_000;

const logger = pino({ base: { role: "engine", pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
const log = (event: string, fields: Readonly<Record<string, unknown>> = {}) => logger.info({ event, ...fields });

try {
  const settings = readSettings(process.env, availableParallelism());
  logger.level = settings.logLevel;
  const backend = settings.upstream
    ? new UpstreamBackend(settings, settings.upstream, log)
    : new LocalBackend(settings, modelFiles(process.env, process.stderr), log);
  const app = new EngineApp(backend, log);
  let ending = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // A second signal doesn't wait.
      if (ending) process.exit(1);
      ending = true;
      app.drain(DRAIN_MS).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
  await app.listen(settings.port, settings.host);
  await app.load();
} catch (error) {
  logger.fatal({ event: "failed", error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
