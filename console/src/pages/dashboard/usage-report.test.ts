import { describe, expect, test } from "vitest";
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
    expect(report.total).toEqual({ requests: 4, inputTokens: 14, outputTokens: 10, nano: 300_000_001n });
    expect(report.groups).toEqual([
      { id: "small", requests: 3, inputTokens: 11, outputTokens: 6, nano: 300_000_000n },
      { id: "a, b", requests: 1, inputTokens: 3, outputTokens: 4, nano: 1n },
    ]);
    expect(usageCsv("model", report.days, (id) => id)).toBe(
      "day_utc,model,name,requests,input_tokens,output_tokens,charge_usd\r\n" +
        "2026-11-01,small,small,2,10,5,0.300000000\r\n" +
        '2026-11-02,"a, b","a, b",1,3,4,0.000000001\r\n' +
        "2026-11-02,small,small,1,1,1,0.000000000\r\n",
    );
  });

  test("have a name that a spreadsheet would compute as text in the file", () => {
    const { days } = usageReport("project", [{ start_time: DAY, results: [usage("m", 1, 1, 1)] }], []);
    expect(usageCsv("project", days, () => '=HYPERLINK("x")')).toContain(`"'=HYPERLINK(""x"")"`);
  });
});

function usage(model: string, requests: number, input: number, output: number) {
  return {
    object: "organization.usage.completions.result" as const,
    input_tokens: input,
    input_cached_tokens: 0,
    output_tokens: output,
    num_model_requests: requests,
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
