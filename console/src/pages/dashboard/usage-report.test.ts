import { describe, expect, test } from "vitest";
import { countOf, percentilesOf } from "./latency.ts";
import { usageCsv } from "./usage-csv.ts";
import { usageReport } from "./usage-report.ts";

const DAY = Date.parse("2026-11-01") / 1000;

describe("the dashboard's sums", () => {
  test("are those of the operations, by model over days, kinds and line items", () => {
    const report = usageReport(
      "model",
      [
        { start_time: DAY, results: [usage("small", 2, 10, 5)] },
        { start_time: DAY + 86_400, results: [usage("small", 1, 1, 1), usage("a, b", 1, 3, 4)] },
      ],
      [
        { start_time: DAY, results: [cost("small, input_tokens", 0.1), cost("small, output_tokens", 0.2)] },
        { start_time: DAY + 86_400, results: [cost("a, b, input_tokens", 0.000000001)] },
      ],
    );
    const times = new Map();
    const timed = (count: number) => ({ count, ms: 700 * count, times });
    const streamed = (count: number) => ({ count, ms: 90 * count, times });
    expect(report.total).toEqual({
      ...{ requests: 4, failed: 1, inputTokens: 14, outputTokens: 10, nano: 300_000_001n },
      ...{ duration: timed(3), firstToken: streamed(3) },
    });
    expect(report.groups).toEqual([
      {
        ...{ id: "small", requests: 3, failed: 1, inputTokens: 11, outputTokens: 6, nano: 300_000_000n },
        ...{ duration: timed(2), firstToken: streamed(2) },
      },
      {
        ...{ id: "a, b", requests: 1, failed: 0, inputTokens: 3, outputTokens: 4, nano: 1n },
        ...{ duration: timed(1), firstToken: streamed(1) },
      },
    ]);
    expect(usageCsv("model", report.days, (id) => id)).toBe(
      "day_utc,model,name,requests,failed_requests,input_tokens,output_tokens," +
        "timed_requests,duration_ms,streamed_requests,first_token_ms,charge_usd," +
        "duration_ms_p50,duration_ms_p95,duration_ms_p99,first_token_ms_p50,first_token_ms_p95,first_token_ms_p99\r\n" +
        "2026-11-01,small,small,2,1,10,5,1,700,1,90,0.300000000,,,,,,\r\n" +
        '2026-11-02,"a, b","a, b",1,0,3,4,1,700,1,90,0.000000001,,,,,,\r\n' +
        "2026-11-02,small,small,1,0,1,1,1,700,1,90,0.000000000,,,,,,\r\n",
    );
  });

  test("have percentiles of all requests that were counted by their time, and none of others", () => {
    const latency = (histogram: [number, number][]) => ({
      duration: { num_requests: 0, p50_ms: 0, p95_ms: 0, p99_ms: 0, histogram },
      first_token: null,
    });
    const { total, days } = usageReport(
      "model",
      [
        {
          start_time: DAY,
          results: [
            {
              ...usage("small", 20, 1, 1),
              num_timed_requests: 19,
              latency: latency([
                [100, 10],
                [900, 9],
              ]),
            },
          ],
        },
        {
          start_time: DAY + 86_400,
          results: [{ ...usage("small", 2, 1, 1), num_timed_requests: 1, latency: latency([[2000, 1]]) }],
        },
        { start_time: DAY + 172_800, results: [{ ...usage("small", 5, 1, 1), num_timed_requests: 4 }] },
      ],
      [],
    );
    expect(countOf(total.duration.times)).toBe(20);
    expect(total.duration.count).toBe(24);
    // Of 20 times the 10th, the 19th and the 20th.
    expect(percentilesOf(total.duration.times)).toEqual([100, 900, 2000]);
    expect(percentilesOf(total.firstToken.times)).toBeUndefined();
    const [head = "", first = "", , last = ""] = usageCsv("model", days, (id) => id).split("\r\n");
    expect(head.split(",").slice(-6, -3)).toEqual(["duration_ms_p50", "duration_ms_p95", "duration_ms_p99"]);
    expect(first.split(",").slice(-6)).toEqual(["100", "900", "900", "", "", ""]);
    expect(last.split(",").slice(-6)).toEqual(["", "", "", "", "", ""]);
  });

  test("have a name that a spreadsheet would compute as text in the file", () => {
    const { days } = usageReport("project", [{ start_time: DAY, results: [usage("m", 1, 1, 1)] }], []);
    expect(usageCsv("project", days, () => '=HYPERLINK("x")')).toContain(`"'=HYPERLINK(""x"")"`);
  });
});

/** Of two requests one failed. */
function usage(model: string, requests: number, input: number, output: number) {
  const failed = requests - 1;
  return {
    object: "organization.usage.completions.result" as const,
    input_tokens: input,
    input_cached_tokens: 0,
    output_tokens: output,
    num_model_requests: requests,
    num_failed_requests: failed,
    num_timed_requests: requests - failed,
    duration_ms: 700 * (requests - failed),
    num_streamed_requests: requests - failed,
    first_token_ms: 90 * (requests - failed),
    project_id: null,
    user_id: null,
    api_key_id: null,
    model,
    batch: null,
    service_tier: null,
  };
}

function cost(line_item: string, value: number) {
  return {
    object: "organization.costs.result" as const,
    amount: { value, currency: "usd" as const },
    project_id: null,
    api_key_id: null,
    line_item,
    quantity: null,
  };
}
