import { expect, test } from "vitest";
import { DISCOVERY_CALLS_PER_SECOND, discoverySeconds, ELB_CALLS_PER_SECOND } from "./discovery-interval.ts";

test("two environments of one account with the largest fleets call less often than Elastic Load Balancing answers", () => {
  for (let gateways = 1; gateways <= 64; gateways++)
    for (let pools = 1; pools <= 20; pools++) {
      const perSecond = (gateways * pools) / discoverySeconds({ gateways, pools });
      expect(perSecond, `${gateways} gateways, ${pools} pools`).toBeLessThanOrEqual(DISCOVERY_CALLS_PER_SECOND);
    }
  expect(2 * DISCOVERY_CALLS_PER_SECOND).toBeLessThan(ELB_CALLS_PER_SECOND);
});

test.each([
  [{ gateways: 2, pools: 1 }, 3],
  [{ gateways: 9, pools: 2 }, 5],
  [{ gateways: 12, pools: 3 }, 9],
  [{ gateways: 64, pools: 3 }, 48],
])("%j: every %d seconds", (fleet, seconds) => {
  expect(discoverySeconds(fleet)).toBe(seconds);
});
