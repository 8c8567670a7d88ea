import { describe, expect, test } from "vitest";
import { catalogInstanceType, INSTANCE_TYPE_IDS } from "./instance-types.ts";
import { catalogModel, MODEL_IDS } from "./models.ts";

describe("catalogue", () => {
  test.each(MODEL_IDS)("%s is pinned to a commit, has a licence and whole KV bytes", (id) => {
    const model = catalogModel(id);
    expect(model.weights.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(model.licence.url).toMatch(/^https:\/\//);
    expect(model.kvBytesPerToken % 1024).toBe(0);
    expect(model.source).toMatch(/^https:\/\//);
  });

  test.each(INSTANCE_TYPE_IDS)("%s has a price with source and date", (id) => {
    const { price } = catalogInstanceType(id);
    expect(price.usdPerHour).toBeGreaterThan(0);
    expect(price.source).not.toBe("");
    expect(price.date).toMatch(/^20\d\d-\d\d-\d\d$/);
  });
});
