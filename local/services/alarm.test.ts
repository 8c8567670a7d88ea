import { describe, expect, test } from "vitest";
import { Alarm, type AlarmNotice, type AlarmOptions } from "./alarm.ts";
import { MetricStore } from "./metric-store.ts";

const GPU = { namespace: "CWAgent", name: "gpu", dimensions: { AutoScalingGroupName: "a" } };

function alarm(options: Partial<AlarmOptions> = {}) {
  const store = new MetricStore();
  const [notices, reports]: [AlarmNotice[], string[]] = [[], []];
  const created = new Alarm({
    name: "busy",
    rule: {
      comparison: "GreaterThanThreshold",
      threshold: 70,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      treatMissingData: "notBreaching",
    },
    metric: { ...GPU, statistic: "Average" },
    periodMs: 1000,
    query: (query) => store.query(query),
    onAlarm: (notice) => notices.push(notice),
    report: (line) => reports.push(line),
    ...options,
  });
  const put = (...values: number[]) => {
    for (const [second, value] of values.entries()) store.put({ ...GPU, time: second * 1000 + 500, values: [value] });
  };
  return { created, put, notices, reports };
}

describe("an alarm", () => {
  test("looks at complete periods only", () => {
    const { created, put } = alarm();
    put(90, 90, 90);
    created.evaluate(2999);
    expect(created.state).toBe("OK");
    created.evaluate(3000);
    expect(created.state).toBe("ALARM");
  });

  test("acts in every period in which it is on, with the distance from its threshold, and tells of changes once", () => {
    const { created, put, notices, reports } = alarm();
    put(90, 80, 75, 100, 10);
    for (const now of [3000, 4000, 5000]) created.evaluate(now);
    expect(notices).toEqual([
      { alarm: "busy", value: 75, distance: 5 },
      { alarm: "busy", value: 100, distance: 30 },
    ]);
    expect(reports).toEqual(["alarm busy: ALARM at 75", "alarm busy: OK at 10"]);
  });

  test("evaluates by itself while it runs, and no more when it is stopped", async () => {
    const { created, notices } = alarm({
      periodMs: 10,
      query: ({ from }) => [0, 10, 20].map((offset) => ({ time: from + offset, value: 99 })),
    });
    created.start();
    await expect.poll(() => notices.length).toBeGreaterThan(2);
    created.stop();
    const count = notices.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(notices.length).toBe(count);
  });
});
