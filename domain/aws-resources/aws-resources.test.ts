import { describe, expect, test } from "vitest";
import { COST_TYPES } from "../cost/cost-item.ts";
import { AWS_RESOURCE_TYPES, AWS_SERVICES } from "./aws-resources.ts";
import { exemptionOf } from "./rows/aws-resource-type.ts";

const rows = Object.values(AWS_RESOURCE_TYPES);

describe("the rows of AWS resource types", () => {
  test("each type is in one service's file", () => {
    const types = AWS_SERVICES.flatMap((service) => Object.keys(service.types));
    expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
    expect(types.toSorted()).toEqual(Object.keys(AWS_RESOURCE_TYPES).toSorted());
  });

  test("each service names AWS's lists of its actions, their day, and AWS's prices", () => {
    for (const { sources, types } of AWS_SERVICES) {
      const [type] = Object.keys(types);
      for (const page of sources.actions)
        expect(page, type).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/service-authorization\/.+\/list_\w+\.html$/);
      expect(sources.actionsAsOf, type).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(sources.prices, type).toMatch(/^https:\/\/aws\.amazon\.com\/.+\/$/);
    }
  });

  test("every exemption has a reason in words", () => {
    for (const [type, row] of Object.entries(AWS_RESOURCE_TYPES))
      for (const cell of Object.values(row)) {
        const reason = exemptionOf(cell);
        if (reason !== undefined) expect(reason.split(" ").length, `${type}: ${reason}`).toBeGreaterThan(2);
      }
  });

  test("every row of a forecast has a resource type that AWS charges", () => {
    const paid = new Set(rows.flatMap(({ cost }) => ("paidIn" in cost ? cost.paidIn : [])));
    expect(COST_TYPES.filter((type) => !paid.has(type))).toEqual([]);
  });

  test("listings have different nouns, so that an inventory distinguishes their resources", () => {
    const nouns = rows.flatMap(({ leftovers }) => ("exempt" in leftovers ? [] : [leftovers.noun]));
    expect(nouns.length).toBeGreaterThan(20);
    expect(new Set(nouns).size).toBe(nouns.length);
  });
});
