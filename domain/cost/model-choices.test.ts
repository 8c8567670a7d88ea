import { describe, expect, test } from "vitest";
import { catalogInstanceType, INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import { hasInstancePrice, instancePrice } from "../../catalog/prices/region-prices.ts";
import { REGION_IDS } from "../../catalog/regions.ts";
import { fitModel } from "../model-fit.ts";
import { modelChoices } from "./model-choices.ts";

describe.each(REGION_IDS)("models in %s", (region) => {
  const choices = modelChoices(region);

  test("each is on an instance type that the region has and that holds it, and no cheaper one does", () => {
    expect(choices.map(({ model }) => model)).toContain("phi-3-mini-4k-instruct");
    for (const { model, instanceType, usdPerMonth } of choices) {
      const fits = (id: typeof instanceType) =>
        fitModel({
          model,
          instanceType: id,
          tensorParallel: catalogInstanceType(id).gpu?.count ?? 1,
          contextTokens: 4096,
        }).fits;
      expect(fits(instanceType), `${model} on ${instanceType}`).toBe(true);
      const cheaper = INSTANCE_TYPE_IDS.filter(
        (id) => hasInstancePrice(region, id) && instancePrice(region, id).usd * 730 < usdPerMonth - 0.01,
      );
      expect(cheaper.filter(fits)).toEqual([]);
    }
  });

  test("the cheapest come first", () => {
    const prices = choices.map(({ usdPerMonth }) => usdPerMonth);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
    expect(prices[0]).toBeGreaterThan(100);
  });
});
