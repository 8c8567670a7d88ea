import { expect, test } from "vitest";
import { seededNumbers } from "../usage/test/usage-events.ts";
import { windowId } from "./window-id.ts";
import { windowAt } from "./windows.ts";

const WINDOWS = ["day", "week", "month", "lifetime"] as const;
const START = Date.parse("2025-01-01T00:00:00Z");
const HOUR = 3_600_000;
const TEN_YEARS = 10 * 366 * 24;

test("the id of a window is that of the calendar in every time zone, at any hour and at the ends of its windows", () => {
  const random = seededNumbers(126);
  for (const timeZone of [...Intl.supportedValuesOf("timeZone"), "Mars/Olympus"])
    for (const window of WINDOWS) {
      for (let each = 0; each < 4; each++) {
        const at = START + random(TEN_YEARS) * HOUR + random(HOUR);
        expect(windowId(window, timeZone, at), `${timeZone} ${at}`).toBe(windowAt(window, timeZone, at).id);
      }
      const { endMs } = windowAt(window, timeZone, START + random(TEN_YEARS) * HOUR);
      if (!Number.isFinite(endMs)) continue;
      for (const at of [endMs - 1, endMs])
        expect(windowId(window, timeZone, at), `${timeZone} ${at}`).toBe(windowAt(window, timeZone, at).id);
    }
});
