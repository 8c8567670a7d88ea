import { Agent, get, type IncomingMessage } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { idleTimeoutSeconds } from "../../domain/idle-timeout.ts";
import { GATEWAY_CONFIG } from "../../test-support/gateway-config.ts";
import { startTestGateway } from "../test/test-gateway.ts";

test.each([30, 300])(
  "with time limits of %s s a connection outlives the load balancer's idle timeout",
  async (seconds) => {
    const timeouts = { firstByteSeconds: seconds, totalSeconds: seconds, idleSeconds: seconds };
    const config = { ...GATEWAY_CONFIG, timeouts };
    const { url } = await startTestGateway({ config: { timeouts } });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      get(`${url}/livez`, { agent }, resolve).on("error", reject),
    );
    response.resume();
    const lasts = Number(/timeout=(\d+)/.exec(String(response.headers["keep-alive"]))?.[1]);
    expect(lasts).toBeGreaterThan(idleTimeoutSeconds(config));
  },
);
