import { ENGINE_INSTRUMENTS } from "./engine-instruments.ts";
import { HISTORY_INSTRUMENTS } from "./history-instruments.ts";
import type { Instrument } from "./instrument.ts";
import { QUEUE_INSTRUMENTS } from "./queue-instruments.ts";
import { REQUEST_INSTRUMENTS } from "./request-instruments.ts";
import { TARGET_INSTRUMENTS } from "./target-instruments.ts";
import { USAGE_INSTRUMENTS } from "./usage-instruments.ts";

/** Instruments that every gateway has; the cache's are added where there is one. */
export const ALL_INSTRUMENTS: readonly Instrument[] = [
  REQUEST_INSTRUMENTS,
  QUEUE_INSTRUMENTS,
  ENGINE_INSTRUMENTS,
  TARGET_INSTRUMENTS,
  USAGE_INSTRUMENTS,
  HISTORY_INSTRUMENTS,
].flatMap((group): readonly Instrument[] => Object.values(group));
